import { expect, it } from 'vitest';
import {
  becomesPrimary,
  judgedReplication,
  leavesPrimary,
  needsPeer,
  startsResync,
  takesUpVolume,
} from '../../../../core/rules/guard/replication-intent.ts';
import type { Wish } from '../../../../core/rules/replication-facts.ts';
import { promotion, wish } from './facts.ts';

const intents = {
  'becomes primary': becomesPrimary,
  'takes up its volume': takesUpVolume,
  'leaves primary': leavesPrimary,
  resyncs: (change: Parameters<typeof startsResync>[0]) => startsResync(change) !== undefined,
  'needs the peer': needsPeer,
} as const;

type Intent = keyof typeof intents;
type Case = { title: string; before?: Wish; after?: Wish; state?: string; wants: Intent[] };

const primary = wish('primary');
const secondary = wish('secondary');
const resync = wish('resync');
const auto = wish('secondary', true);

const cases: Case[] = [
  {
    title: 'a new primary',
    after: primary,
    wants: ['becomes primary', 'takes up its volume', 'needs the peer'],
  },
  { title: 'a new replica', after: secondary, wants: ['takes up its volume', 'leaves primary'] },
  {
    title: 'a new replica that may resync by itself',
    after: auto,
    wants: ['takes up its volume', 'leaves primary', 'resyncs', 'needs the peer'],
  },
  {
    title: 'a promotion',
    before: secondary,
    after: primary,
    wants: ['becomes primary', 'takes up its volume', 'needs the peer'],
  },
  {
    title: 'a promotion out of a resync',
    before: resync,
    after: primary,
    wants: ['becomes primary', 'takes up its volume', 'needs the peer'],
  },
  { title: 'a demotion', before: primary, after: secondary, state: 'Primary', wants: ['leaves primary'] },
  {
    title: 'a demotion with autoResync',
    before: primary,
    after: auto,
    state: 'Primary',
    wants: ['leaves primary', 'resyncs', 'needs the peer'],
  },
  { title: 'a resync of a replica', before: secondary, after: resync, wants: ['resyncs', 'needs the peer'] },
  { title: 'autoResync for a replica', before: secondary, after: auto, wants: ['resyncs', 'needs the peer'] },
  { title: 'autoResync for a primary', before: primary, after: wish('primary', true), wants: [] },
  { title: 'autoResync taken from a replica', before: auto, after: secondary, wants: [] },
  { title: 'no change of the wish', before: auto, after: auto, wants: [] },
  { title: 'a deletion', before: primary, state: 'Primary', wants: [] },
];

it.each(cases)('$title', ({ before, after, state = 'Secondary', wants }) => {
  const operation = after === undefined ? 'DELETE' : before === undefined ? 'CREATE' : 'UPDATE';
  const change = { operation, before, after, state } as const;
  const found = Object.entries(intents).flatMap(([intent, wantsIt]) => (wantsIt(change) ? [intent] : []));
  expect(found.toSorted()).toEqual(wants.toSorted());
});

it('a replication is judged by itself, unless it follows a group', () => {
  const facts = promotion();
  expect(judgedReplication(facts)).toBe(facts);
  expect(judgedReplication(promotion({}, { followsGroup: true }))).toBeUndefined();
});
