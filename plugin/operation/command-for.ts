import type { MoveVerb, MoveVolume, WholeMove } from '../../core/plan/move.ts';
import { shellWord } from '../../core/rules/guard/commands.ts';
import { drFlags } from '../../core/status/dr-command.ts';
import type { SiteName } from '../../core/status/snapshot.ts';
import type { OperationRequest, TargetWords } from './operation-request.ts';

/** Of claims that a plan or a record names, those of one namespace: a command names no others. */
const namedByKeys = (keys: NonNullable<TargetWords['keys']>): string[] => {
  const [first] = keys;
  return keys.filter(({ namespace }) => namespace === first?.namespace).map(({ name }) => name);
};

const selectionOf = (
  { claims, replications, workloads, labels, keys, everywhere, namespace }: TargetWords,
  volumes: readonly MoveVolume[],
): string[] => {
  const inNamespace = namespace ?? volumes[0]?.target.namespace ?? 'default';
  return [
    ...(keys === undefined ? claims : namedByKeys(keys)),
    ...replications.map((name) => `vr/${name}`),
    ...workloads.map(({ resource, name }) => `${resource.kind.toLowerCase()}/${name}`),
    ...(labels === undefined ? [] : ['-l', labels]),
    ...(everywhere && keys === undefined ? ['-A'] : ['-n', inNamespace]),
  ];
};

/** Claims of one application are of one namespace. */
const wholeOf = ({ claims, to }: WholeMove): string[] => [
  ...namedByKeys(claims),
  '-n',
  claims[0]?.namespace ?? 'default',
  '--to',
  to,
];

/** Only a disaster needs what the source cannot give; everything else takes it from there. */
const sourcesOf = ({ from, verb }: OperationRequest, asked: MoveVerb): string[] =>
  asked === 'failover' || asked === verb ? from.flatMap((source) => ['--from', source]) : [];

/** Another procedure about the volumes that were asked for, by the words that asked for them, as it is typed at a site. */
export const commandFor =
  (request: OperationRequest, volumes: readonly MoveVolume[]) =>
  (verb: Exclude<MoveVerb, 'undo'>, site: SiteName, whole?: WholeMove): string =>
    [
      'kubectl dr',
      verb,
      ...[
        ...(whole === undefined ? selectionOf(request.target, volumes) : wholeOf(whole)),
        ...sourcesOf(request, verb),
      ].map(shellWord),
      drFlags(site),
    ]
      .join(' ')
      .trimEnd();
