// A sandbox in a process of its own: started by `kubectl dr sandbox up --detach`, with what it has to do as JSON.
import { tmpdir } from 'node:os';
import { DrError, messageOf } from '../core/model/error.ts';
import { printableLine } from '../core/printable.ts';
import type { SandboxSettings } from './control-protocol.ts';
import { runSandbox } from './up.ts';

type Order = { settings: SandboxSettings; runDirectory: string };

const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end.abort());
// Whoever started it went away before it was ready: nobody would know of it.
const whenAbandoned = (): void => end.abort();
process.once('disconnect', whenAbandoned);

const tell = (message: unknown): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected && process.send !== undefined) process.send(message, () => resolve());
    else resolve();
  });

const { settings, runDirectory } = JSON.parse(process.argv[2] ?? '{}') as Order;

try {
  const sandbox = await runSandbox(settings, {
    env: process.env,
    home: process.env['HOME'] || process.env['USERPROFILE'] || undefined,
    temporaryDirectory: tmpdir(),
    runDirectory,
    now: Date.now,
    random: Math.random,
    log: (level, message, fields) => {
      const more = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
      process.stderr.write(`${printableLine(`${new Date().toISOString()} ${level} ${message}${more}`)}\n`);
    },
    signal: end.signal,
  });
  process.removeListener('disconnect', whenAbandoned);
  await tell({ ready: await sandbox.status() });
  await sandbox.closed;
} catch (thrown) {
  const known = thrown instanceof DrError ? thrown : undefined;
  await tell({
    failed: { code: known?.code ?? 'SandboxFailed', message: messageOf(thrown), hint: known?.hint },
  });
  process.stderr.write(`${printableLine(`error: ${messageOf(thrown)}`)}\n`);
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
