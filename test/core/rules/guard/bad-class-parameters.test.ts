import { expect, it } from 'vitest';
import { judgeRules } from '../../../../core/rules/guard/judge-guard.ts';
import type { ClassFacts } from '../../../../core/rules/protection-facts.ts';
import { promotion } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const withParameters = (parameters: Record<string, string>): ClassFacts => ({
  subject: 'class',
  kind: 'VolumeReplicationClass',
  name: 'fast',
  provisioner: 'rook-ceph.rbd.csi.ceph.com',
  parameters,
});
const start = (schedulingStartTime: string) =>
  withParameters({ schedulingInterval: '5m', schedulingStartTime });
const secret = 'replication.storage.openshift.io/replication-secret-name';
const secretNamespace = 'replication.storage.openshift.io/replication-secret-namespace';
const groupSecret = 'replication.storage.openshift.io/group-replication-secret-name';
const groupSecretNamespace = 'replication.storage.openshift.io/group-replication-secret-namespace';

const notAnInterval = ['not digits above zero with m, h or d', 'schedulingInterval: 5m'];
const notATime = [
  'not an ISO 8601 time',
  'in the middle of a failover',
  'schedulingStartTime: "14:00:00-05:00"',
];

judgeCases('DR107', [
  { title: 'a class without parameters', given: withParameters({}), passes: true },
  ...['1m', '24h', '3d', '007m'].map((schedulingInterval) => ({
    title: `an interval of ${schedulingInterval}`,
    given: withParameters({ schedulingInterval, mirroringMode: 'snapshot' }),
    passes: true as const,
  })),
  ...['', '5', '90s', '1h30m', '5 m', '-5m', '1.5h', '5M', '0m', ' 5m', '5m\n'].map((schedulingInterval) => ({
    title: `an interval of ${JSON.stringify(schedulingInterval)} is none`,
    given: withParameters({ schedulingInterval }),
    refused: ['VolumeReplicationClass fast: schedulingInterval is', ...notAnInterval],
  })),
  ...[
    '14:00',
    '14:00:00-05:00',
    '16:18:43',
    '16:18:43.5Z',
    '00:00+01',
    '2026-03-01T14:00',
    '2026-03-01T14:00:00Z',
    '2026-03-01 14:00:00+0530',
  ].map((time) => ({ title: `a start at ${time}`, given: start(time), passes: true as const })),
  ...[
    '',
    'noon',
    '24:00',
    '14:60',
    '14',
    '2026-03-01',
    '2026-13-01T14:00',
    '14:00 o’clock',
    '14:00+25:00',
  ].map((time) => ({
    title: `a start at ${JSON.stringify(time)} is none`,
    given: start(time),
    refused: ['schedulingStartTime is', ...notATime],
  })),
  {
    title: 'what is empty is called so',
    given: withParameters({ schedulingInterval: '' }),
    refused: ['schedulingInterval is empty, not digits'],
  },
  {
    title: 'what is not is quoted',
    given: withParameters({ schedulingInterval: '90s' }),
    refused: ['schedulingInterval is "90s", not digits'],
  },
  {
    title: 'a start without an interval',
    given: withParameters({ schedulingStartTime: '14:00' }),
    refused: ['schedulingStartTime stands without schedulingInterval', 'Add the interval'],
  },
  { title: 'journal mode', given: withParameters({ mirroringMode: 'journal' }), passes: true },
  ...['', 'Snapshot', 'async'].map((mirroringMode) => ({
    title: `the mode ${JSON.stringify(mirroringMode)} is none`,
    given: withParameters({ mirroringMode }),
    refused: ['mirroringMode is', 'not snapshot or journal', 'Write mirroringMode: snapshot'],
  })),
  {
    title: 'a whole secret reference',
    given: withParameters({ [secret]: 'rbd', [secretNamespace]: 'rook-ceph' }),
    passes: true,
  },
  {
    title: 'the name of a secret without its namespace',
    given: withParameters({ [secret]: 'rbd' }),
    refused: [
      `${secret} stands without ${secretNamespace}: half a secret reference`,
      `Add ${secretNamespace}`,
    ],
  },
  {
    title: 'the namespace of a secret without its name',
    given: withParameters({ [secretNamespace]: 'rook-ceph' }),
    refused: [`${secretNamespace} stands without ${secret}`],
  },
  {
    title: "half of a group's secret reference, beside a whole one",
    given: withParameters({ [secret]: 'rbd', [secretNamespace]: 'rook-ceph', [groupSecretNamespace]: 'x' }),
    refused: [`${groupSecretNamespace} stands without ${groupSecret}`],
  },
  {
    title: 'a secret without a name',
    given: withParameters({ [secret]: '', [secretNamespace]: 'rook-ceph' }),
    refused: [`${secret} is empty`],
  },
  {
    title: 'a key with the reserved prefix that nobody knows',
    given: withParameters({ 'replication.storage.openshift.io/secret': 'rbd' }),
    refused: ['"replication.storage.openshift.io/secret" is no parameter', secret],
  },
  {
    title: 'a key that every object of JavaScript has is not known for that',
    given: withParameters({ 'replication.storage.openshift.io/toString': 'rbd' }),
    refused: ['is no parameter'],
  },
  {
    title: 'whatever else a driver understands is left to it',
    given: withParameters({ flattenMode: 'force', clusterID: '', 'example.com/x': '' }),
    passes: true,
  },
  {
    title: 'a class of groups is held to the same',
    given: { ...withParameters({ mirroringMode: 'x' }), kind: 'VolumeGroupReplicationClass' },
    refused: ['VolumeGroupReplicationClass fast: mirroringMode'],
  },
  { title: 'other objects have no parameters', given: promotion(), passes: true },
]);

it('says everything that is wrong with a class at once', () => {
  const given = withParameters({
    schedulingInterval: '5',
    schedulingStartTime: 'noon',
    mirroringMode: '',
    [secret]: 'rbd',
  });
  const { refusals } = judgeRules(given, ['DR107']);
  expect(refusals.map(({ message }) => message.split(' ')[2])).toEqual([
    'schedulingInterval',
    'schedulingStartTime',
    'mirroringMode',
    secret,
  ]);
});
