// The only way from the plugin to the sandbox. Loaded by its commands alone.
import {
  type CommandContext,
  callSandbox,
  downSandbox,
  startDetached,
  upSandbox,
} from '../../sandbox/control-client.ts';
import { type ControlCalls, defaultSettings, type SandboxSettings } from '../../sandbox/control-protocol.ts';
import type { Io } from '../io.ts';

export type { SandboxSettings, SandboxStatus } from '../../sandbox/control-protocol.ts';

/** From this verbosity on, what the sandbox does is told. */
const tellFrom = 1;

const contextOf = (io: Io, verbosity: number): CommandContext => ({
  env: io.env,
  home: io.home,
  temporaryDirectory: io.env['TMPDIR'] || '/tmp',
  now: io.now,
  random: io.random,
  signal: io.signal,
  log: (level, message) => {
    if (level !== 'info' || verbosity >= tellFrom) io.stderr.line(message);
  },
});

/** The sandbox, as its commands use it. */
export const openSandboxDoor = (io: Io, verbosity: number) => {
  const context = contextOf(io, verbosity);
  const withDefaults = (settings: Partial<SandboxSettings>): SandboxSettings => ({
    ...defaultSettings,
    ...settings,
  });
  return {
    startDetached: (settings: Partial<SandboxSettings>) => startDetached(withDefaults(settings), context),
    run: (settings: Partial<SandboxSettings>, onReady: Parameters<typeof upSandbox>[2]) =>
      upSandbox(withDefaults(settings), context, onReady),
    down: () => downSandbox(context),
    call: <Name extends Exclude<keyof ControlCalls, 'down'>>(
      name: Name,
      body: ControlCalls[Name]['request'],
    ) => callSandbox(context, name, body, io.signal),
  };
};
