import { known, unknown } from '../../../../core/model/reading.ts';
import { consented, creation, promotion, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const annotated = (differs: Parameters<typeof consented>[2] = {}, facts = promotion()) =>
  consented(facts, 'force-promote', { isNew: true, ...differs });
const asItShould = 'Write it as docs/consent.md shows';

judgeCases('DR112', [
  { title: 'a consent that counts', given: annotated(), passes: true },
  {
    title: 'a consent that is no JSON',
    given: annotated({ text: 'yes, do it' }),
    refused: [
      'the annotation kubectl-dr.dev/consent on VolumeReplication shop/db does not count',
      'it is no JSON object',
      asItShould,
    ],
  },
  {
    title: 'an empty consent',
    given: annotated({ text: '' }),
    refused: ['it is no JSON object', asItShould],
  },
  {
    title: 'a consent that has expired',
    given: annotated({ now: Date.parse('2026-03-01T12:11:00Z') }),
    refused: ['the consent of alice expired at 2026-03-01T12:10:00.000Z', asItShould],
  },
  {
    title: 'a consent for longer than an hour',
    given: annotated({ now: Date.parse('2026-03-01T11:00:00Z') }),
    refused: ['would hold until 2026-03-01T12:10:00.000Z; one hour is the longest', asItShould],
  },
  {
    title: 'a consent that was used, and is written once more',
    given: annotated({ isUsed: true, mayConsent: unknown('nobody asked') }),
    refused: ['its text was used for an earlier change of the spec', 'Write another one'],
  },
  {
    title: 'a consent by somebody who may not consent',
    given: annotated({ mayConsent: known(false), user: 'bob' }),
    refused: [
      'user "bob" may not consent (RBAC verb "consent")',
      'kubectl -n shop auth can-i consent volumereplications.replication.storage.openshift.io/db',
    ],
  },
  {
    title: 'whether somebody may consent is unknown: refused',
    given: annotated({ mayConsent: unknown('no answer within 2 s') }),
    refused: ['whether user "alice" may consent is unknown (no answer within 2 s)'],
  },
  {
    title: 'a consent that comes with a new group',
    given: annotated(
      { mayConsent: known(false) },
      creation({}, { kind: 'VolumeGroupReplication', name: 'db-*' }),
    ),
    refused: ['auth can-i consent volumegroupreplications.replication.storage.openshift.io'],
  },
  {
    title: 'a consent for another action than what is asked now may be for later',
    given: annotated({}, promotion({}, { after: wish('resync') })),
    passes: true,
  },
  {
    title: 'a consent that was there before was judged then',
    given: annotated({ isNew: false, text: 'yes', mayConsent: known(false) }),
    passes: true,
  },
  {
    title: 'a consent that is taken away',
    given: annotated({ text: undefined, mayConsent: known(false) }),
    passes: true,
  },
  {
    title: 'a deletion writes no annotation',
    given: annotated({ text: 'yes' }, promotion({}, { operation: 'DELETE', after: undefined })),
    passes: true,
  },
  {
    title: "a group's own VolumeReplication carries none that nobody may give",
    given: annotated({ mayConsent: known(false) }, promotion({}, { followsGroup: true })),
    refused: ['may not consent'],
  },
  {
    title: 'a writer who hides in control characters is shown on one line',
    given: annotated({ mayConsent: known(false), user: 'eve\r\nWarning: \u001b[2Jall is well' }),
    refused: ['user "eve Warning: [2Jall is well" may not consent'],
  },
]);
