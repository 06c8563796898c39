import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DrError } from '../../core/model/error.ts';
import { callControl } from '../../sandbox/control-call.ts';
import { callSandbox, downSandbox } from '../../sandbox/control-client.ts';
import { type ControlHandlers, startControlServer } from '../../sandbox/control-server.ts';
import { updateRecord } from '../../sandbox/record.ts';

let directory: string;
let server: Server | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kubectl-dr-test-'));
});
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

const unused = () => Promise.reject(new Error('not called in this test'));
const handlers = (parts: Partial<ControlHandlers>): ControlHandlers => ({
  status: unused,
  fail: unused,
  heal: unused,
  link: unused,
  write: unused,
  read: unused,
  down: unused,
  ...parts,
});
const options = { timeoutMs: 5_000 };

describe('the control socket', () => {
  const serve = async (parts: Partial<ControlHandlers>): Promise<string> => {
    const path = join(directory, 'control.sock');
    server = await startControlServer(path, handlers(parts));
    return path;
  };

  it('carries a call and its answer', async () => {
    const path = await serve({
      write: async ({ base64, offset }) => ({ volumeHandle: 'h', offset, bytes: base64.length }),
    });
    const request = { site: 'cluster-1', namespace: 'default', claim: 'c', offset: 4, base64: 'YWJj' };
    expect(await callControl(path, 'write', request, options)).toEqual({
      volumeHandle: 'h',
      offset: 4,
      bytes: 4,
    });
  });

  it('carries a refusal with its code and hint', async () => {
    const path = await serve({
      heal: async () => {
        throw new DrError({
          code: 'SiteNotFound',
          message: 'there is no site "x"',
          hint: 'the sites are a and b',
        });
      },
    });
    await expect(callControl(path, 'heal', { site: 'x' }, options)).rejects.toMatchObject({
      code: 'SiteNotFound',
      message: 'there is no site "x"',
      hint: 'the sites are a and b',
    });
  });

  it('says that no sandbox runs when nobody listens', async () => {
    const absent = join(directory, 'absent.sock');
    await expect(callControl(absent, 'status', {}, options)).rejects.toMatchObject({
      code: 'SandboxNotRunning',
    });
  });

  it('does not wait for ever', async () => {
    const path = await serve({ status: () => new Promise(() => undefined) });
    await expect(callControl(path, 'status', {}, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'SandboxUnreachable',
    });
    server?.closeAllConnections();
  });
});

describe('without a sandbox', () => {
  const surroundings = () => ({ env: { XDG_STATE_HOME: directory }, home: directory });
  const context = () => ({
    ...surroundings(),
    temporaryDirectory: directory,
    now: () => 0,
    random: () => 0,
    log: () => undefined,
    signal: new AbortController().signal,
  });

  it('a call says so', async () => {
    await expect(callSandbox(surroundings(), 'status', {})).rejects.toMatchObject({
      code: 'SandboxNotRunning',
    });
  });

  it('down has nothing to do', async () => {
    expect(await downSandbox(context())).toBe(false);
  });

  const recordKilled = () =>
    updateRecord(surroundings(), {
      version: 1,
      pid: 2 ** 30,
      startedAt: '2026-06-01T00:00:00Z',
      controlSocket: join(directory, 'gone.sock'),
      runDirectory: mkdtempSync(join(directory, 'kubectl-dr-')),
      kubeconfig: join(directory, 'foreign'),
      sites: [],
      // This very process has the pid, but not the run directory in its command line.
      children: [process.pid],
    });

  it('a call to a killed one says how to clear up after it', async () => {
    await recordKilled();
    await expect(callSandbox(surroundings(), 'status', {})).rejects.toMatchObject({
      code: 'SandboxNotRunning',
      message: `the sandbox (pid ${2 ** 30}) died and left files and perhaps processes behind`,
      hint: expect.stringContaining('kubectl dr sandbox down'),
    });
  });

  it('down removes what a killed one has left, and nothing else', async () => {
    await recordKilled();
    expect(await downSandbox(context())).toBe(true);
    expect(await downSandbox(context())).toBe(false);
  });
});
