import { describe, expect, test } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import { assess, type VolumeStatus } from '../../../core/status/assess.ts';
import {
  type Mounting,
  namespacesOnBothSides,
  splitApplications,
  withSplits,
} from '../../../core/status/split-applications.ts';
import { now, pv, pvc, site, type VrSketch, vr } from './objects.ts';

const primary: VrSketch = { synced: 1 };
const replica: VrSketch = { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] };

const assessed = (east: Record<string, VrSketch>, west: Record<string, VrSketch>): VolumeStatus[] => {
  const snapshot = (name: string, stands: Record<string, VrSketch>) =>
    site(name, {
      replications: Object.entries(stands).map(([claim, sketch]) => vr({ ...sketch, claim })),
      claims: known([pvc('db'), pvc('wal')]),
      volumes: known([pv('pv-db'), pv('pv-wal')]),
    });
  return assess({ here: snapshot('east', east), there: snapshot('west', west), now });
};

const torn = assessed({ db: primary, wal: replica }, { db: replica, wal: primary });
const whole = assessed({ db: primary, wal: primary }, { db: replica, wal: replica });

const web = (more: Partial<Mounting> = {}): Mounting => ({
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  claims: ['db', 'wal'],
  isRunning: false,
  ...more,
});

const on = (name: string, ...workloads: Mounting[]) => ({
  site: { name, context: name, kubectl: `kubectl --context ${name}` },
  workloads,
});

describe('an application that is torn over both sites', () => {
  test('is looked for only where volumes of one namespace are primary on both sites', () => {
    expect(namespacesOnBothSides(torn)).toEqual(['shop']);
    expect(namespacesOnBothSides(whole)).toEqual([]);
    expect(namespacesOnBothSides(assessed({ db: primary }, { db: primary }))).toEqual([]);
  });

  test('is told once, with what brings it to where it runs', () => {
    const found = splitApplications(torn, [on('east', web()), on('west', web({ isRunning: true }))]);
    expect(found.map(({ message, next }) => ({ message, next }))).toEqual([
      {
        message:
          'Deployment shop/web mounts volumes that are primary on different sites (db on east, wal on west): its pods can start on neither',
        next: 'kubectl dr relocate db wal -n shop --to west --context west',
      },
    ]);
  });

  test('is not what mounts one of them, nor what is on one side', () => {
    expect(splitApplications(torn, [on('east', web({ claims: ['db'] }))])).toEqual([]);
    expect(splitApplications(torn, [on('east', web({ namespace: 'other' }))])).toEqual([]);
    expect(splitApplications(whole, [on('east', web())])).toEqual([]);
  });

  test('is the verdict of its volumes, well as each of them is', () => {
    const splits = splitApplications(torn, [on('east', web())]);
    expect(withSplits(torn, splits).map(({ verdict }) => `${verdict.name} ${verdict.reason}`)).toEqual([
      'Degraded ApplicationSplit',
      'Degraded ApplicationSplit',
    ]);
    expect(withSplits(whole, splits)).toEqual(whole);
  });

  test('does not hide what is worse, or on its way', () => {
    const moving = torn.map((volume) => ({
      ...volume,
      verdict: { ...volume.verdict, name: 'Moving' as const, level: 'info' as const },
    }));
    expect(withSplits(moving, splitApplications(moving, [on('east', web())]))).toEqual(moving);
  });
});
