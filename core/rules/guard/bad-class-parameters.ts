import { parseSchedulingInterval } from '../../model/duration.ts';
import { replicationNames } from '../../model/volume-replication.ts';
import { reservedKeys } from '../../replication/parameters.ts';
import { oneLine } from '../one-line.ts';
import type { ClassFacts } from '../protection-facts.ts';
import type { GuardRule, Objection } from './objection.ts';

type Parameters = ClassFacts['parameters'];

/** What is wrong with a class's parameters, without its name. */
type Problem = { readonly says: string; readonly risk: string; readonly next: string };
type ParameterCheck = (parameters: Parameters) => readonly Problem[];

// ceph-csi validates these when mirroring is enabled, and passes the start time to Ceph when the volume is promoted.
const refusedAtEnable =
  'the driver refuses it when the first volume is to be mirrored, and nothing is protected until then';
const refusedAtPromote = 'the driver may notice only when a volume is promoted, in the middle of a failover';

const shown = (value: string): string => (value === '' ? 'empty' : `"${oneLine(value, 60)}"`);

const checkInterval: ParameterCheck = ({ schedulingInterval: interval }) => {
  if (interval === undefined || parseSchedulingInterval(interval)) return [];
  const says = `schedulingInterval is ${shown(interval)}, not digits above zero with m, h or d`;
  return [{ says, risk: refusedAtEnable, next: 'Write it so, for example schedulingInterval: 5m' }];
};

/** A time of day, or a date with one, in ISO 8601: seconds and zone may be left out. */
const isoTime =
  /^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ])?([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?([Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?$/;

const checkStartTime: ParameterCheck = ({ schedulingStartTime: start }) =>
  start === undefined || isoTime.test(start)
    ? []
    : [
        {
          says: `schedulingStartTime is ${shown(start)}, not an ISO 8601 time`,
          risk: refusedAtPromote,
          next: 'Write it so, for example schedulingStartTime: "14:00:00-05:00"',
        },
      ];

const checkStartHasInterval: ParameterCheck = ({ schedulingStartTime, schedulingInterval }) =>
  schedulingStartTime !== undefined && schedulingInterval === undefined
    ? [
        {
          says: 'schedulingStartTime stands without schedulingInterval',
          risk: refusedAtEnable,
          next: 'Add the interval, for example schedulingInterval: 5m, or leave the start out',
        },
      ]
    : [];

const checkMode: ParameterCheck = ({ mirroringMode: mode }) =>
  mode === undefined || mode === 'snapshot' || mode === 'journal'
    ? []
    : [
        {
          says: `mirroringMode is ${shown(mode)}, not snapshot or journal`,
          risk: refusedAtEnable,
          next: 'Write mirroringMode: snapshot, or leave it out, which means the same',
        },
      ];

const { parameterPrefix, secretName, secretNamespace } = replicationNames;
const secretReferences = [
  [secretName, secretNamespace],
  [`${parameterPrefix}group-replication-secret-name`, `${parameterPrefix}group-replication-secret-namespace`],
] as const;

const withoutSecret =
  'the driver could not be called: it gets no credentials, and every volume of the class stays as it is';

const checkHalfSecrets: ParameterCheck = (parameters) =>
  secretReferences.flatMap((pair) => {
    const there = pair.filter((key) => parameters[key] !== undefined);
    const missing = pair.find((key) => parameters[key] === undefined);
    if (missing === undefined || there.length === 0) return [];
    const says = `${there[0]} stands without ${missing}: half a secret reference`;
    return [{ says, risk: withoutSecret, next: `Add ${missing}, or leave both out` }];
  });

const checkReservedKeys: ParameterCheck = (parameters) =>
  Object.entries(parameters)
    .filter(([key]) => key.startsWith(parameterPrefix))
    .flatMap(([key, value]) => {
      if (!Object.hasOwn(reservedKeys, key)) {
        const says = `"${oneLine(key, 120)}" is no parameter, but its prefix is reserved`;
        const next = `Correct or remove it; there are ${Object.keys(reservedKeys).join(', ')}`;
        return [{ says, risk: 'the controller takes no volume of such a class', next }];
      }
      if (value !== '') return [];
      return [
        { says: `${key} is empty`, risk: withoutSecret, next: 'Name the secret, or leave both keys out' },
      ];
    });

/** In the order of what is printed. */
const checks: readonly ParameterCheck[] = [
  checkInterval,
  checkStartTime,
  checkStartHasInterval,
  checkMode,
  checkHalfSecrets,
  checkReservedKeys,
];

/**
 * DR107. A class's parameters are what a driver can act on; they are immutable, so that a mistake is there for good. The grammar is
 * that of ceph-csi; an interval of zero is none, as nothing travels every 0 minutes.
 */
export const badClassParameters: GuardRule = (facts): readonly Objection[] => {
  if (facts.subject !== 'class') return [];
  return checks
    .flatMap((check) => check(facts.parameters))
    .map(({ says, risk, next }) => ({ fact: `${facts.kind} ${facts.name}: ${says}`, risk, next }));
};
