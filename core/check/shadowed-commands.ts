import type { CheckFacts, MachineFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';

/** `kubectl dr status` for `/usr/bin/kubectl-dr-status`: kubectl looks for the longest name first, and writes _ for a dash in a word. */
const commandLineOf = (path: string): string => {
  const file = path.split('/').at(-1) ?? '';
  return file
    .replace(/\.\w+$/, '')
    .split('-')
    .join(' ')
    .replaceAll('_', '-');
};

const shadowing = (path: string): Seen =>
  finding('DR409', 'warning', {
    object: { kind: 'File', name: path },
    message: `kubectl runs it for "${commandLineOf(path)}", whatever this plugin does under that name`,
    next: 'kubectl plugin list',
  });

const otherPlugins = ({ plugins }: MachineFacts): readonly Seen[] => {
  if (!plugins.known) return [{ unknown: plugins.why }];
  const [first, ...others] = plugins.value;
  return others.map((path) =>
    finding('DR409', 'warning', {
      object: { kind: 'File', name: path },
      message: `is another kubectl-dr, and ${first} comes before it on PATH: which one runs depends on who calls`,
      next: 'kubectl plugin list',
    }),
  );
};

const ofMachine = ({ machine }: CheckFacts): readonly Seen[] => [
  ...(machine.shadows.known ? machine.shadows.value.map(shadowing) : [{ unknown: machine.shadows.why }]),
  ...otherPlugins(machine),
];

/** DR409. What is typed in an emergency should be what runs. */
export const shadowedCommands: Check = {
  name: 'ShadowedCommands',
  codes: ['DR409'],
  look: ofMachine,
};
