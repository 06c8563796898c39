import jsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../../../core/model/reading.ts';
import { mend } from '../../../../core/rules/repair/mend.ts';
import {
  bindCompleted,
  boundByController,
  boundTo,
  claimHere,
  claimRefAnnotation,
  type VolumeSketch,
  volume,
} from './restored.ts';

const none: Reading<PersistentVolumeClaim | undefined> = known(undefined);

type VolumeCase = {
  readonly title: string;
  readonly sketch: VolumeSketch;
  readonly claim?: Reading<PersistentVolumeClaim | undefined>;
};

const mendVolume = ({ sketch, claim = none }: VolumeCase) =>
  mend({ subject: 'volume', volume: volume(sketch), claim });

const patched = <T extends object>(object: T, patch: readonly unknown[]): T =>
  jsonPatch.applyPatch(structuredClone(object), patch as jsonPatch.Operation[], true).newDocument;

describe('a volume that arrives', () => {
  const untouched: readonly VolumeCase[] = [
    { title: 'without a claimRef', sketch: { policy: 'Delete' } },
    {
      title: 'reserved for a claim by namespace and name',
      sketch: { claimRef: { namespace: 'shop', name: 'db' }, policy: 'Delete' },
    },
    {
      title: 'reserved with the kind, as kube-apiserver 1.36 stores it',
      sketch: {
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'db' },
      },
    },
    {
      title: 'reserved by a claimRef of which only the resourceVersion was left behind',
      sketch: { claimRef: { namespace: 'shop', name: 'db', resourceVersion: '1131' } },
    },
    {
      title: 'reserved by a claimRef whose uid is empty',
      sketch: {
        claimRef: { namespace: 'shop', name: 'db', uid: '' },
        annotations: { [boundByController]: 'yes' },
      },
    },
    {
      title: 'bound to a claim that is here',
      sketch: { claimRef: boundTo('here'), annotations: { [boundByController]: 'yes' }, policy: 'Delete' },
      claim: known(claimHere('here')),
    },
    {
      title: 'bound to a claim of which nothing is known',
      sketch: { claimRef: boundTo('there'), annotations: { [boundByController]: 'yes' }, policy: 'Delete' },
      claim: unknown('the claims of this cluster are not read yet'),
    },
    {
      title: 'with the annotation of the binder, but no claimRef',
      sketch: { annotations: { [boundByController]: 'yes' }, policy: 'Delete' },
    },
  ];
  it.each(untouched)('$title stays as it is', (each) => {
    expect(mendVolume(each)).toEqual({ patch: [], done: [] });
  });

  const mended: readonly (VolumeCase & { patch: unknown; codes: string[] })[] = [
    {
      title: 'from another cluster, kept already, loses its claimRef alone',
      sketch: { claimRef: boundTo('there'), policy: 'Retain' },
      patch: [{ op: 'remove', path: '/spec/claimRef' }],
      codes: ['DR201'],
    },
    {
      title: 'for a claim of the same name here that is another one loses its claimRef',
      sketch: { claimRef: boundTo('there'), policy: 'Retain' },
      claim: known(claimHere('here')),
      patch: [{ op: 'remove', path: '/spec/claimRef' }],
      codes: ['DR201'],
    },
    {
      title: 'for a claim here whose uid is not known loses its claimRef',
      sketch: { claimRef: boundTo('there'), policy: 'Retain' },
      claim: known({ metadata: { namespace: 'shop', name: 'db' } }),
      patch: [{ op: 'remove', path: '/spec/claimRef' }],
      codes: ['DR201'],
    },
    {
      title: 'to be reserved keeps namespace and name of the claim',
      sketch: {
        claimRef: boundTo('there'),
        policy: 'Retain',
        annotations: { [claimRefAnnotation]: 'reserve' },
      },
      patch: [
        { op: 'remove', path: '/spec/claimRef/apiVersion' },
        { op: 'remove', path: '/spec/claimRef/kind' },
        { op: 'remove', path: '/spec/claimRef/uid' },
        { op: 'remove', path: '/spec/claimRef/resourceVersion' },
      ],
      codes: ['DR201'],
    },
    {
      title: 'to be reserved for no name loses its claimRef',
      sketch: {
        claimRef: { uid: 'there', namespace: 'shop' },
        policy: 'Retain',
        annotations: { [claimRefAnnotation]: 'reserve' },
      },
      patch: [{ op: 'remove', path: '/spec/claimRef' }],
      codes: ['DR201'],
    },
    {
      title: 'whose claim-ref annotation says something else loses its claimRef',
      sketch: {
        claimRef: boundTo('there'),
        policy: 'Retain',
        annotations: { [claimRefAnnotation]: 'keep' },
      },
      patch: [{ op: 'remove', path: '/spec/claimRef' }],
      codes: ['DR201'],
    },
    {
      title: 'that would be deleted with its claim is kept',
      sketch: { claimRef: boundTo('there'), policy: 'Delete' },
      patch: [
        { op: 'remove', path: '/spec/claimRef' },
        { op: 'replace', path: '/spec/persistentVolumeReclaimPolicy', value: 'Retain' },
      ],
      codes: ['DR201', 'DR202'],
    },
    {
      title: 'without a policy gets one',
      sketch: { claimRef: boundTo('there') },
      patch: [
        { op: 'remove', path: '/spec/claimRef' },
        { op: 'add', path: '/spec/persistentVolumeReclaimPolicy', value: 'Retain' },
      ],
      codes: ['DR201', 'DR202'],
    },
    {
      title:
        'bound by the binder of another cluster loses its annotation, escaped in the pointer, and no other',
      sketch: {
        claimRef: boundTo('there'),
        policy: 'Retain',
        annotations: { [boundByController]: 'yes', 'example.com/kept': 'yes' },
      },
      patch: [
        { op: 'remove', path: '/spec/claimRef' },
        { op: 'remove', path: '/metadata/annotations/pv.kubernetes.io~1bound-by-controller' },
      ],
      codes: ['DR201', 'DR202'],
    },
  ];
  it.each(mended)('$title', ({ patch, codes, ...each }) => {
    const repair = mendVolume(each);
    expect(repair.patch).toEqual(patch);
    expect(repair.done.map(({ code }) => code)).toEqual(codes);
  });

  it('says what was done, and the command that reserves it', () => {
    const sketch: VolumeSketch = {
      claimRef: boundTo('there'),
      policy: 'Delete',
      annotations: { [boundByController]: '' },
    };
    expect(mendVolume({ title: '', sketch }).done).toEqual([
      {
        code: 'DR201',
        message:
          'PV pv-1 arrived bound to claim shop/db of another cluster; its claimRef was removed, and any claim that fits ' +
          `can take it. Reserve it: kubectl patch pv pv-1 --type=merge -p '{"spec":{"claimRef":{"namespace":"shop","name":"db"}}}'`,
      },
      {
        code: 'DR202',
        message:
          'PV pv-1 was restored and may be the last copy: the annotation pv.kubernetes.io/bound-by-controller was removed ' +
          'and the reclaim policy was changed from Delete to Retain. See it: kubectl get pv pv-1',
      },
    ]);
  });

  it('keeps an empty map where its last annotation is removed', () => {
    const before = volume({
      claimRef: boundTo('there'),
      policy: 'Retain',
      annotations: { [boundByController]: 'yes' },
    });
    const { patch } = mend({ subject: 'volume', volume: before, claim: none });
    expect(patched<PersistentVolume>(before, patch).metadata).toEqual({
      name: 'pv-1',
      labels: { app: 'db' },
      annotations: {},
    });
  });

  it('is told of on one line, whatever its name, which the server checks only later', () => {
    const claimRef = { namespace: 'a\nb', name: '\u001b[31mred', uid: 'there' };
    const before = { metadata: { name: 'pv\r\n1' }, spec: { claimRef } };
    expect(mend({ subject: 'volume', volume: before, claim: none }).done[0]?.message).toContain(
      'PV pv 1 arrived bound to claim a b/[31mred of another cluster',
    );
  });

  it('is called by its generateName while it has no name', () => {
    const before = { metadata: { generateName: 'pv-' }, spec: { claimRef: { uid: 'there' } } };
    expect(mend({ subject: 'volume', volume: before, claim: none }).done[0]?.message).toBe(
      "PV pv-* arrived with the claimRef of another cluster; it was removed. See it: kubectl get pv 'pv-*'",
    );
  });
});

describe('a claim that arrives', () => {
  const claim = (annotations?: Record<string, string>): PersistentVolumeClaim => ({
    metadata: { namespace: 'shop', name: 'db', ...(annotations && { annotations }) },
    spec: { volumeName: 'pv-1' },
  });
  const removed = (name: string) => ({
    op: 'remove',
    path: `/metadata/annotations/pv.kubernetes.io~1${name}`,
  });

  it.each([
    { title: 'without annotations', annotations: undefined },
    { title: 'with an empty map', annotations: {} },
    {
      title: 'with annotations of other meanings',
      annotations: { 'pv.kubernetes.io/provisioned-by': 'x', 'volume.kubernetes.io/selected-node': 'node-1' },
    },
  ])('$title stays as it is', ({ annotations }) => {
    expect(mend({ subject: 'claim', claim: claim(annotations) })).toEqual({ patch: [], done: [] });
  });

  it.each([
    {
      title: 'with both bind annotations loses both',
      annotations: { [bindCompleted]: 'yes', [boundByController]: 'yes' },
      patch: [removed('bind-completed'), removed('bound-by-controller')],
    },
    {
      title: 'with one of them loses that one',
      annotations: { [bindCompleted]: 'yes', 'example.com/kept': 'yes' },
      patch: [removed('bind-completed')],
    },
    {
      title: 'with an empty one loses it, because the binder asks only whether it is there',
      annotations: { [boundByController]: '' },
      patch: [removed('bound-by-controller')],
    },
  ])('$title', ({ annotations, patch }) => {
    const repair = mend({ subject: 'claim', claim: claim(annotations) });
    expect(repair.patch).toEqual(patch);
    expect(repair.done).toEqual([
      {
        code: 'DR203',
        message:
          'claim db arrived with the bind annotations of another cluster, with which it would have ended Lost; they were ' +
          'removed. See it bind: kubectl -n shop get pvc db',
      },
    ]);
  });
});

describe('one more PV of a protected volume, with a claimRef of here', () => {
  const own = {
    sketch: { policy: 'Delete' as const, claimRef: boundTo('uid') },
    claim: known(claimHere('uid')),
  };
  const mended = (isProtected: Reading<boolean> | undefined) =>
    mend({
      subject: 'volume',
      volume: volume(own.sketch),
      claim: own.claim,
      ...(isProtected === undefined ? {} : { isProtected }),
    });

  it('is kept, and nothing else of it changes', () => {
    expect(mended(known(true))).toMatchObject({
      patch: [{ op: 'replace', path: '/spec/persistentVolumeReclaimPolicy', value: 'Retain' }],
      done: [{ code: 'DR202', message: expect.stringContaining('is of a volume that is protected') }],
    });
  });

  it.each([
    ['nobody protects it', known(false)],
    ['nobody asked', undefined],
    ['nobody knows: the guard refuses it then', unknown('connection refused')],
  ])('stays as it is where %s', (_, isProtected) => {
    expect(mended(isProtected)).toEqual({ patch: [], done: [] });
  });
});
