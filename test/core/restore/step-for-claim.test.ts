import { describe, expect, test } from 'vitest';
import { restoreAnnotations } from '../../../core/backup/restore-annotations.ts';
import { planRestore } from '../../../core/restore/plan-restore.ts';
import { viewTarget } from '../../../core/restore/target.ts';
import { pv, pvc, targetFacts, wanted, wantedVolume } from './objects.ts';

const claimThat = (annotations: Record<string, string>) => {
  const claim = pvc();
  return { ...claim, metadata: { ...claim.metadata, annotations } };
};

const known = (time: string) => ({
  [restoreAnnotations.lastSyncTime]: time,
  [restoreAnnotations.replicationName]: 'db-vr',
});

describe('a claim that is there already and fits', () => {
  test.each([
    ['learns what the backup knows of its last sync', {}, known('2026-11-20T11:00:00Z'), 'update'],
    ['learns of a later sync', known('2026-11-20T10:00:00Z'), known('2026-11-20T11:00:00Z'), 'update'],
    ['does not forget a later one', known('2026-11-20T12:00:00Z'), known('2026-11-20T11:00:00Z'), 'keep'],
    ['is left alone where the backup knows of none', {}, {}, 'keep'],
  ])('%s', (_, there, fromBackup, action) => {
    const want = wanted({ volumes: [wantedVolume('db', { claim: claimThat(fromBackup) })] });
    const target = viewTarget(targetFacts({ volumes: [pv()], claims: [claimThat(there)] }));
    const { conflicts, volumes } = planRestore(want, target);
    expect(conflicts).toEqual([]);
    expect(volumes[0]?.claim).toMatchObject({
      action,
      ...(action === 'update' && { patch: { metadata: { annotations: fromBackup } } }),
    });
  });
});
