import { describe, expect, it } from 'vitest';
import { checkExamples, checkFacts } from '../../../core/check/examples.ts';
import { objectText } from '../../../core/check/finding.ts';
import { checks, runChecks } from '../../../core/check/run-checks.ts';
import { unknown } from '../../../core/model/reading.ts';
import { catalogue } from '../../../core/rules/catalogue.ts';

const bad = (facts: Parameters<typeof runChecks>[0]) =>
  runChecks(facts)
    .findings.filter(({ level }) => level !== 'info')
    .map(({ code }) => code);

describe('the checks', () => {
  it('find nothing bad where everything is well, and see all of it', () => {
    const { findings, runs } = runChecks(checkFacts());
    expect(findings.map(({ code, level, message }) => [code, level, message])).toEqual([
      [
        'DR403',
        'info',
        'dr-controller acts for it: lease rook-ceph/rook-ceph-rbd-csi-ceph-com-dr-controller is held by provisioner-0; dr-controller wrote the status of shop/db at generation 1, 60s ago',
      ],
      [
        'DR403',
        'info',
        'dr-controller acts for it: lease rook-ceph/rook-ceph-rbd-csi-ceph-com-dr-controller is held by provisioner-0',
      ],
    ]);
    expect(runs.flatMap(({ unknown: gaps }) => gaps)).toEqual([]);
  });

  it.each(Object.entries(checkExamples))('find %s in its example', (code, facts) => {
    expect(runChecks(facts).findings.map((it) => it.code)).toContain(code);
  });

  it('have names of their own, and codes that the catalogue explains', () => {
    expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
    for (const { codes } of checks) for (const code of codes) expect(catalogue).toHaveProperty(code);
  });

  it('find only codes that they say they can find', () => {
    for (const facts of Object.values(checkExamples))
      for (const { codes, look } of checks)
        for (const seen of look(facts)) if ('code' in seen) expect(codes).toContain(seen.code);
  });

  it('tell the worst first', () => {
    const levels = Object.values(checkExamples).flatMap((facts) =>
      runChecks(facts)
        .findings.map(({ level }) => ['error', 'warning', 'info'].indexOf(level))
        .map((rank, index, ranks) => rank - (ranks[index - 1] ?? 0)),
    );
    expect(levels.every((step) => step >= 0)).toBe(true);
  });

  it('say one thing about a site that does not answer, and that nothing else about it was seen', () => {
    const dark = unknown('connection refused by 10.0.0.1:6443');
    const facts = checkFacts({
      there: {
        objects: dark,
        replicationDefinition: dark,
        classDefinition: dark,
        operationDefinition: dark,
        storageClasses: dark,
        csiDrivers: dark,
        csiNodes: dark,
        csiAddonsNodes: dark,
        leases: dark,
        namespaces: dark,
        pods: dark,
        webhook: dark,
      },
    });
    expect(bad(facts)).toEqual(['DR401']);
    const gaps = runChecks(facts).runs.flatMap((run) => run.unknown.map((gap) => [run.name, gap]));
    const blind = gaps.filter(([, gap]) => gap === 'cluster-2 cannot be read').map(([name]) => name);
    expect(blind).toEqual([
      'CustomResourceDefinitions',
      'Controllers',
      'FailoverObjects',
      'ReclaimPolicies',
      'ClaimsOfStatefulSets',
      'SourcesOfClones',
      'ClaimsTerminating',
      'StuckDeletions',
      'ClassesThatFit',
      'ClassesOfBothSites',
      'ClassParameters',
      'ClassSchedules',
      'StorageClasses',
      'CSIDrivers',
      'RestoreConflicts',
      'NodeAffinity',
      'UnprotectedSiblings',
      'UnprotectedNeighbours',
      'VolumeSizes',
      'ManagedReplications',
      'AutoResync',
      'Consents',
      'Webhook',
      'WebhookCertificates',
      'Clocks',
    ]);
    expect(gaps).toContainEqual(['Verdicts', 'the verdict of claim shop/db: half of the pair is missing']);
  });

  const parts = [
    ['storageClasses', 'StorageClasses'],
    ['csiDrivers', 'CSIDrivers'],
    ['csiNodes', 'CSIDrivers'],
    ['csiAddonsNodes', 'Controllers'],
    ['leases', 'Clocks'],
    ['namespaces', 'StuckDeletions'],
    ['replicationDefinition', 'CustomResourceDefinitions'],
    ['classDefinition', 'CustomResourceDefinitions'],
    ['operationDefinition', 'CustomResourceDefinitions'],
    ['pods', 'UnprotectedSiblings'],
    ['webhook', 'Webhook'],
    ['webhook', 'WebhookCertificates'],
  ] as const;

  it.each(parts)(
    'where %s of a site may not be read, warn of it, and %s sees no more than it can',
    (part, name) => {
      const why = `${part} of cluster-1 cannot be read: forbidden`;
      const { findings, runs } = runChecks(checkFacts({ here: { [part]: unknown(why) } }));
      expect(runs.find((run) => run.name === name)?.unknown).toContain(why);
      if (part === 'classDefinition' || part === 'operationDefinition') return;
      expect(findings.filter(({ code }) => code === 'DR401')).toMatchObject([
        { level: 'warning', message: `${why}: what depends on it is not checked` },
      ]);
    },
  );

  it('warn where no other site is known, and compare nothing', () => {
    expect(bad(checkFacts({ there: null }))).toEqual(['DR305']);
  });

  it('name objects as people do', () => {
    expect(objectText({ kind: 'PersistentVolume', name: 'pv-db' })).toBe('PersistentVolume pv-db');
    expect(objectText({ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'db' })).toBe(
      'PersistentVolumeClaim shop/db',
    );
  });
});
