import { describe, expect, it } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import { claimsThere, viewOfClaims } from '../../../core/protection/claims-there.ts';
import type { PeerQuestion } from '../../../core/protection/peer-question.ts';
import type { PeerView } from '../../../core/rules/peer-view.ts';
import { image, pv, pvc, vr } from '../status/objects.ts';
import { listed } from '../step/pair.ts';

const driver = 'rbd.csi.ceph.com';

type Sketch = {
  /** The handle of the volume here. */
  readonly here: string;
  readonly destination?: string;
  /** The handle of the volume of the claim of the same name there. */
  readonly there: string;
  /** What the driver there calls the copy here. */
  readonly tellsOf?: string;
  readonly claim?: string;
};

const viewOf = ({ here, destination, there, tellsOf, claim = 'db' }: Sketch): PeerView => {
  const replication = vr({ claim });
  const site = listed({
    claims: known([{ ...pvc(claim, 'pv-there') }]),
    volumes: known([pv('pv-there', there)]),
    replications: known([
      { ...replication, status: { ...replication.status, ...(tellsOf && { destinationVolumeID: tellsOf }) } },
    ]),
  });
  const question: PeerQuestion = {
    identity: { driver, volumeHandle: here },
    destination,
    volumeName: 'pv-here',
    claim: { namespace: 'shop', name: 'db' },
  };
  return viewOfClaims('west', claimsThere(site, question, undefined), site, question);
};

describe('who is primary for a volume there', () => {
  it.each<[string, Sketch, object]>([
    ['is found by one handle', { here: 'lun-1', there: 'lun-1' }, { state: 'primary', by: 'both' }],
    [
      'is found under another pool id',
      { here: image('a'), there: image('a', '0000000000000007') },
      { state: 'primary' },
    ],
    [
      'is found through a claim of another name',
      { here: image('a'), there: image('a', '0000000000000007'), claim: 'data' },
      { state: 'primary' },
    ],
    [
      'is found by what the driver here calls it',
      { here: 'lun-1', destination: 'lun-2', there: 'lun-2', claim: 'data' },
      { state: 'primary' },
    ],
    [
      'is found by what the driver there calls the one here',
      { here: 'lun-1', there: 'lun-2', tellsOf: 'lun-1' },
      { state: 'primary' },
    ],
    [
      'is not known where nothing compares the handles',
      { here: 'lun-1', there: 'lun-2' },
      { state: 'unknown' },
    ],
    [
      'is nobody where the name is that of another volume, which is told',
      { here: image('a'), there: image('b') },
      {
        state: 'not-primary',
        another: { claim: 'shop/db', identity: { driver, volumeHandle: image('b') } },
      },
    ],
  ])('%s', (_, sketch, view) => {
    expect(viewOf(sketch)).toMatchObject(view);
  });
});
