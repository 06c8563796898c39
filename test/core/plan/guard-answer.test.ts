import { describe, expect, test } from 'vitest';
import { forcedInTheDark, readGuardAnswer } from '../../../core/plan/guard-answer.ts';
import type { LossAt } from '../../../core/plan/losses-of-move.ts';
import { questionOfPromote, volumeAskedAbout } from '../../../core/rules/asked-volume.ts';

const denied = 'admission webhook "guard.kubectl-dr.dev" denied the request: ';
const missing =
  'DR103: claim shop/db does not exist. It would protect nothing. Create it: kubectl -n shop get pvc';
const primary =
  'cluster-1 is primary for the volume of claim shop/db (by VolumeReplication shop/db there). Both sites would write';
const void_ = 'A consent is there, but the consent of me was given by somebody who could not tell.';

describe('what the guard says of a promote before anything is restored', () => {
  const answers: [string, string, ReturnType<typeof readGuardAnswer>][] = [
    ['only that the claim is missing: nothing', `${denied}${missing}`, undefined],
    [
      'that the class is missing, too: nothing',
      `${denied}${missing}; DR106: class c does not exist`,
      undefined,
    ],
    [
      'a refusal of somebody else: nothing',
      'volumereplications is forbidden: user a cannot create',
      undefined,
    ],
    [
      'that the source is primary',
      `${denied}DR102: ${primary}. ${void_} Demote it there first: kubectl get vr; ${missing}`,
      { code: 'DR102', message: primary, isSourcePrimary: true },
    ],
    [
      'that the source has not stepped down yet',
      `${denied}DR102: cluster-1 is still primary for the volume of claim shop/db. Both write. ${void_} Wait; ${missing}`,
      {
        code: 'DR102',
        message: 'cluster-1 is still primary for the volume of claim shop/db. Both write',
        isSourcePrimary: true,
      },
    ],
    [
      'that the consent would not count',
      `${denied}DR102: cannot tell whether cluster-1 is primary for the volume of claim shop/db (down). ${void_} Ask; ${missing}`,
      {
        code: 'DR102',
        message: `cannot tell whether cluster-1 is primary for the volume of claim shop/db (down). ${void_} Ask`,
        isSourcePrimary: false,
      },
    ],
    [
      'that nobody honours the consent',
      `${denied}${missing}; DR112: the consent expired`,
      { code: 'DR112', message: 'the consent expired', isSourcePrimary: false },
    ],
  ];
  test.each(answers)('%s', (_, text, answer) => expect(readGuardAnswer(text)).toEqual(answer));
});

describe('what the guard is asked about', () => {
  const loss = (kind: LossAt['loss'], peer: 'unknown' | 'primary' | undefined): LossAt => ({
    volume: { source: { namespace: 'a', name: 'b' }, target: { namespace: 'a', name: 'b' } },
    loss: kind,
    need: {
      accepts: ['force-promote'],
      obstacles: [],
      loses: '',
      loss: { known: false, why: '' },
      seen: peer === undefined ? undefined : { peer },
    },
  });
  const cases: [string, LossAt, boolean][] = [
    ['a promote by force without an answer of the source', loss('force-promote', 'unknown'), true],
    ['one beside a primary that somebody accepted', loss('force-promote', 'primary'), false],
    ['a resync', loss('resync', 'unknown'), false],
  ];
  test.each(cases)('%s: %s', (_, asked, isAsked) => {
    expect(forcedInTheDark([asked])).toEqual(isAsked ? [asked] : []);
  });

  test('a question names the volume, and is read as it was meant', () => {
    const identity = { driver: 'rbd.csi.ceph.com', volumeHandle: '0001/with/slashes' };
    const { annotations } = questionOfPromote('shop', identity).metadata;
    expect(volumeAskedAbout(annotations)?.spec?.csi).toEqual(identity);
    for (const text of ['', 'h', '/h', 'driver/'])
      expect(volumeAskedAbout({ 'kubectl-dr.dev/asked-volume': text })).toBeUndefined();
  });
});
