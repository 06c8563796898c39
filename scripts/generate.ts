// Writes everything in the repository that is generated. With --check it writes nothing and fails, naming the files,
// when what is committed differs from what would be generated now.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Each generator writes its own files; all of them honour --check. */
const generators = [
  'generate-csi.ts',
  'generate-schemas.ts',
  'generate-safety-rules.ts',
  'generate-webhook-registration.ts',
];

const failures = generators.filter((generator) => {
  const path = fileURLToPath(new URL(generator, import.meta.url));
  const { status } = spawnSync(process.execPath, [path, ...process.argv.slice(2)], { stdio: 'inherit' });
  return status !== 0;
});
if (failures.length > 0) {
  console.error(`error: ${failures.join(', ')} failed; run npm run generate and commit what changed`);
  process.exitCode = 1;
}
