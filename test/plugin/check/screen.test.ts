import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { checkExamples, checkFacts } from '../../../core/check/examples.ts';
import type { CheckFacts } from '../../../core/check/facts.ts';
import { runChecks } from '../../../core/check/run-checks.ts';
import { known, unknown } from '../../../core/model/reading.ts';
import { checkReport } from '../../../plugin/check/check-report.ts';
import { findingRows } from '../../../plugin/check/render-findings.ts';
import { summaryText } from '../../../plugin/check/tell-summary.ts';
import { createPainter } from '../../../plugin/output/color.ts';
import { formatDocument } from '../../../plugin/output/document.ts';
import { createTable } from '../../../plugin/output/table.ts';
import { memoryIo } from '../memory-io.ts';

const screen = (facts: CheckFacts, { wide = false, headings = true, color = 'never' } = {}): string => {
  const view = { wide, headings, paint: createPainter(color, memoryIo()) };
  return `\n${createTable().format(findingRows(runChecks(facts).findings, view))}`;
};

const machine = {
  shadows: known(['/opt/bin/kubectl-dr-status']),
  plugins: known(['/usr/local/bin/kubectl-dr']),
  manifests: 'manifests',
};
const facts = checkFacts({
  there: { storageClasses: known([]), leases: unknown('leases of cluster-2 cannot be read: forbidden') },
  machine,
});

describe('the screen', () => {
  it('tells the worst first, each with its next command', () => {
    expect(screen(facts)).toMatchInlineSnapshot(`
      "
      CODE    LEVEL     SITE        OBJECT                                 FINDING
      DR404   error     cluster-2   StorageClass rbd                       is not there, and claim shop/db of cluster-1 names it: it cannot be restored here; next: kubectl --context cluster-1 get storageclass rbd -o yaml
      DR401   warning   cluster-2   <none>                                 leases of cluster-2 cannot be read: forbidden: what depends on it is not checked; next: kubectl --context cluster-2 auth can-i list leases -A
      DR409   warning   <none>      File /opt/bin/kubectl-dr-status        kubectl runs it for "kubectl dr status", whatever this plugin does under that name; next: kubectl plugin list
      DR403   info      cluster-1   CSIDriver rook-ceph.rbd.csi.ceph.com   dr-controller acts for it: lease rook-ceph/rook-ceph-rbd-csi-ceph-com-dr-controller is held by provisioner-0; dr-controller wrote the status of shop/db at generation 1, 60s ago
      "
    `);
  });

  it('tells what a code stands for with -o wide, and has no headings where none are wanted', () => {
    expect(screen(checkExamples.DR404, { wide: true, headings: false })).toMatchInlineSnapshot(`
      "
      DR404   error   cluster-2   StorageClass rbd                       a StorageClass that the other site lacks or has for another driver   is not there, and claim shop/db of cluster-1 names it: it cannot be restored here; next: kubectl --context cluster-1 get storageclass rbd -o yaml
      DR403   info    cluster-1   CSIDriver rook-ceph.rbd.csi.ceph.com   no controller, or two, acting on VolumeReplications                  dr-controller acts for it: lease rook-ceph/rook-ceph-rbd-csi-ceph-com-dr-controller is held by provisioner-0; dr-controller wrote the status of shop/db at generation 1, 60s ago
      DR403   info    cluster-2   CSIDriver rook-ceph.rbd.csi.ceph.com   no controller, or two, acting on VolumeReplications                  dr-controller acts for it: lease rook-ceph/rook-ceph-rbd-csi-ceph-com-dr-controller is held by provisioner-0
      "
    `);
  });

  it('colours nothing but the level', () => {
    const colored = screen(facts, { color: 'always' });
    expect(stripVTControlCharacters(colored)).toBe(screen(facts));
    const painted = colored.split(String.fromCharCode(27)).filter((piece) => !piece.startsWith('[39m'));
    expect(painted.slice(1).map((piece) => piece.replace(/^\[3\dm/, ''))).toEqual(
      runChecks(facts).findings.map(({ level }) => level),
    );
  });

  it('says beside it what was not checked, and how much was', () => {
    expect(`\n${summaryText(facts, runChecks(facts))}`).toMatchInlineSnapshot(`
      "
      Not checked: whether a controller acts for rook-ceph.rbd.csi.ceph.com on cluster-2 cannot be seen while no VolumeReplication and no lease shows it (Controllers)
      Not checked: leases of cluster-2 cannot be read: forbidden (Controllers, Clocks)
      1 error, 2 warnings. Made 34 checks of cluster-1 and cluster-2 with 1 claim.
      "
    `);
    expect(summaryText(checkFacts(), runChecks(checkFacts()))).toBe(
      'No findings but information. Made 34 checks of cluster-1 and cluster-2 with 1 claim.\n',
    );
    expect(summaryText(facts, { findings: [], runs: [] })).toMatch(/^No findings\. /);
  });

  it('prints a document with stable names', async () => {
    const report = checkReport(facts, runChecks(facts));
    const shown = { ...report, checks: report.checks.filter(({ complete }) => !complete) };
    expect(`\n${await formatDocument(shown, 'yaml')}`).toMatchInlineSnapshot(`
      "
      apiVersion: cli.kubectl-dr.dev/v1alpha1
      kind: CheckReport
      generatedAt: 2026-03-01T12:00:00Z
      sites:
        - name: cluster-1
          context: cluster-1
          readable: true
          message: null
        - name: cluster-2
          context: cluster-2
          readable: true
          message: null
      summary:
        errors: 1
        warnings: 2
        infos: 1
        checks: 34
        incompleteChecks: 2
        claims: 1
      findings:
        - code: DR404
          level: error
          site: cluster-2
          object:
            kind: StorageClass
            namespace: null
            name: rbd
          message: "is not there, and claim shop/db of cluster-1 names it: it cannot be restored here"
          nextCommand: kubectl --context cluster-1 get storageclass rbd -o yaml
        - code: DR401
          level: warning
          site: cluster-2
          object: null
          message: "leases of cluster-2 cannot be read: forbidden: what depends on it is not checked"
          nextCommand: kubectl --context cluster-2 auth can-i list leases -A
        - code: DR409
          level: warning
          site: null
          object:
            kind: File
            namespace: null
            name: /opt/bin/kubectl-dr-status
          message: kubectl runs it for "kubectl dr status", whatever this plugin does under that name
          nextCommand: kubectl plugin list
        - code: DR403
          level: info
          site: cluster-1
          object:
            kind: CSIDriver
            namespace: null
            name: rook-ceph.rbd.csi.ceph.com
          message: "dr-controller acts for it: lease rook-ceph/rook-ceph-rbd-csi-ceph-com-dr-controller is held by provisioner-0; dr-controller wrote the status of shop/db at generation 1, 60s ago"
          nextCommand: null
      checks:
        - name: Controllers
          codes:
            - DR403
          complete: false
          findings: 1
          unknown:
            - whether a controller acts for rook-ceph.rbd.csi.ceph.com on cluster-2 cannot be seen while no VolumeReplication and no lease shows it
            - "leases of cluster-2 cannot be read: forbidden"
        - name: Clocks
          codes:
            - DR410
          complete: false
          findings: 0
          unknown:
            - "leases of cluster-2 cannot be read: forbidden"
      "
    `);
  });
});
