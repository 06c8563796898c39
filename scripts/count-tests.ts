// Prints "<passed> <failed>" of a vitest JSON report. A run that ended badly without a failed test (a crash, an error
// outside of a test, no report at all) counts as one failure, so that it can never look green.
import { readFileSync } from 'node:fs';

const [reportPath = '', exitCode = '1'] = process.argv.slice(2);

const readReport = (): { numPassedTests: number; numFailedTests: number } => {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0 };
  }
};

const { numPassedTests, numFailedTests } = readReport();
const endedBadly = exitCode !== '0' || numPassedTests === 0;
console.log(`${numPassedTests} ${endedBadly ? Math.max(numFailedTests, 1) : numFailedTests}`);
