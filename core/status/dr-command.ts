import { shellWord } from '../rules/guard/commands.ts';
import type { SiteName } from './snapshot.ts';

/** The commands of ours that texts name with one object: a claim, or an operation. A test holds them against the command line. */
export const drVerbs = [
  'status',
  'protect',
  'promote',
  'demote',
  'resync',
  'unprotect',
  'backup',
  'failover',
  'failback',
  'resume',
  'undo',
  'history',
] as const;

/** One of them. */
export type DrVerb = (typeof drVerbs)[number];

/** Flags that lead a command of ours to a site, and on from there to the other one: `--context cluster-1`. */
export const drFlags = ({ kubectl, peerFlags }: Pick<SiteName, 'kubectl' | 'peerFlags'>): string =>
  [kubectl.replace(/^kubectl */, ''), peerFlags ?? ''].filter((words) => words !== '').join(' ');

/** A command of ours about one claim on one site: `kubectl dr demote db -n shop --context cluster-1`. Flags stand after `dr`. */
export const drCommand = (
  site: Pick<SiteName, 'kubectl' | 'peerFlags'>,
  verb: DrVerb,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string => `kubectl dr ${verb} ${shellWord(name)} -n ${shellWord(namespace)} ${drFlags(site)}`.trimEnd();
