import { describe, expect, test } from 'vitest';
import { type ConsentAction, consentAnnotation } from '../../../core/consent.ts';
import type { VolumeReplication } from '../../../core/model/volume-replication.ts';
import type { Answers } from '../../../core/replication/answer.ts';
import { facts, followedPrimary, play, replication, startOfTests, synced } from './play.ts';

const ok = { ok: true } as const;
const running = { ok: true, ready: false } as const;
const broken = { ok: false, code: 'Unavailable', description: 'image needs to be recreated' } as const;
const info = { ok: false, code: 'NotFound', description: 'no snapshot yet' } as const;

const consentTo = (...accepts: ConsentAction[]) => ({
  [consentAnnotation]: JSON.stringify({
    accepts,
    maxLoss: 'unknown',
    by: 'on-call',
    expires: new Date(startOfTests + 600_000).toISOString(),
  }),
});

type Case = {
  sentence: string;
  spec: Partial<VolumeReplication['spec']>;
  state: string;
  accepts: ConsentAction[];
  answers: Answers;
};

const secondary = { replicationState: 'secondary' } as const;
const following = { replicationState: 'secondary', autoResync: true } as const;

const playCase = ({ spec, state, accepts, answers }: Case) => {
  const status = state === 'Primary' ? followedPrimary() : { state };
  return play(
    facts({ replication: replication(spec, status, { annotations: consentTo(...accepts) }) }),
    answers,
  );
};

const ended: Case[] = [
  {
    sentence: 'to a forced promote ends once the volume is primary',
    spec: {},
    state: 'Secondary',
    accepts: ['force-promote'],
    answers: { enable: ok, promote: ok, info },
  },
  {
    sentence: 'that comes when the volume is primary already ends as well',
    spec: {},
    state: 'Primary',
    accepts: ['force-promote', 'resync'],
    answers: { info },
  },
  {
    sentence: 'to a promotion ends when that is undone, so that it does not serve the next',
    spec: secondary,
    state: 'Primary',
    accepts: ['force-promote'],
    answers: { info: synced, demote: ok },
  },
  {
    sentence: 'to demote a volume in use ends once it is demoted',
    spec: secondary,
    state: 'Primary',
    accepts: ['demote-in-use'],
    answers: { info: synced, demote: ok },
  },
  {
    sentence: 'to demote a volume in use ends although the resync after it is to come',
    spec: following,
    state: 'Primary',
    accepts: ['demote-in-use'],
    answers: { info: synced, demote: ok },
  },
  {
    sentence: 'to a resync ends once the driver took it',
    spec: { replicationState: 'resync' },
    state: 'Secondary',
    accepts: ['resync'],
    answers: { resync: running },
  },
  {
    sentence: 'to demote and resync ends with the resync',
    spec: following,
    state: 'Secondary',
    accepts: ['demote-in-use', 'resync'],
    answers: { info: synced, demote: ok, resync: running },
  },
];

const kept: Case[] = [
  {
    sentence: 'to a forced promote stays on a replica: a person may consent first and ask afterwards',
    spec: secondary,
    state: 'Secondary',
    accepts: ['force-promote'],
    answers: { info: synced, demote: ok, resync: running },
  },
  {
    sentence: 'to demote and resync stays while the resync is to come',
    spec: following,
    state: 'Primary',
    accepts: ['demote-in-use', 'resync'],
    answers: { info: synced, demote: ok },
  },
  {
    sentence: 'to a resync stays while the driver has not taken it',
    spec: following,
    state: 'Secondary',
    accepts: ['resync'],
    answers: { info: synced, demote: ok, resync: broken },
  },
  {
    sentence: 'to a resync stays while nobody asks for one',
    spec: secondary,
    state: 'Secondary',
    accepts: ['resync'],
    answers: { info: synced, demote: ok, resync: running },
  },
  {
    sentence: 'to demote a volume in use stays while it is primary and is to be',
    spec: {},
    state: 'Primary',
    accepts: ['demote-in-use'],
    answers: { info },
  },
  {
    sentence: 'to demote a volume in use stays when the demotion fails',
    spec: secondary,
    state: 'Primary',
    accepts: ['demote-in-use'],
    answers: { info: synced, demote: broken },
  },
];

describe('consent', () => {
  test.each(ended)('$sentence', (given) => {
    expect(playCase(given).steps).toContain('remove-consent');
  });

  test.each(kept)('$sentence', (given) => {
    expect(playCase(given).steps).not.toContain('remove-consent');
  });
});
