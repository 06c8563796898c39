// Prints one line for each failed test of a vitest JSON report, with the first line of what it said, and one for each file that failed
// without a failed test (it did not load, or a hook of it failed). Prints nothing where nothing failed.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Report {
  testResults?: {
    name: string;
    status: string;
    message?: string;
    assertionResults?: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}

const [reportPath = ''] = process.argv.slice(2);

/** What a line of a log has room for. */
const longestReason = 300;

const readReport = (): Report => {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8'));
  } catch {
    return {};
  }
};

const reason = (message = ''): string => {
  const [first = ''] = message.split('\n').filter((line) => line.trim() !== '');
  return first === '' ? '' : `: ${first.trim().slice(0, longestReason)}`;
};

for (const { name, status, message, assertionResults = [] } of readReport().testResults ?? []) {
  const file = relative(process.cwd(), name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  for (const { fullName, failureMessages = [] } of failed) {
    console.log(`FAILED ${file} > ${fullName}${reason(failureMessages[0])}`);
  }
  if (status === 'failed' && failed.length === 0) console.log(`FAILED ${file}${reason(message)}`);
}
