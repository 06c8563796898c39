import { shellWord } from '../rules/guard/commands.ts';
import type { SiteName } from './snapshot.ts';

/** A command of ours about one claim on one site: `kubectl dr demote db -n shop --context cluster-1`. Flags stand after `dr`. */
export const drCommand = (
  { kubectl }: Pick<SiteName, 'kubectl'>,
  verb: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string =>
  `kubectl dr ${verb} ${shellWord(name)} -n ${shellWord(namespace)}${kubectl.replace(/^kubectl/, '')}`;
