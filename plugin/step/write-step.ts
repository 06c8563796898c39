import { consentAnnotation } from '../../core/consent.ts';
import { demotionAnnotation, demotionText } from '../../core/following/demotion.ts';
import { DrError } from '../../core/model/error.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { StepWrite } from '../../core/step/decision.ts';
import { consentFor } from '../consent/consent-text.ts';
import { isConflict, isFailedTest } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';

/** How a step is written. */
export type WriteOptions = {
  /** Text of the consent annotation; undefined where none is needed. */
  readonly consent: string | undefined;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
};

const fieldManager = 'kubectl-dr';

type Operation = { op: 'test' | 'add'; path: string; value: unknown } | { op: 'remove'; path: string };

type Annotations = Readonly<Record<string, string | undefined>>;

const pathOf = (name: string): string => `/metadata/annotations/${name.replace('/', '~1')}`;

/** Puts annotations on, and takes off those that are there and are to be undefined. */
const annotate = (
  { metadata: { annotations: there } }: VolumeReplication,
  wanted: Annotations,
): Operation[] => {
  const added = Object.entries(wanted).filter(([, value]) => value !== undefined);
  const removed = Object.keys(wanted).filter(
    (name) => wanted[name] === undefined && there?.[name] !== undefined,
  );
  if (there === undefined)
    return added.length === 0
      ? []
      : [{ op: 'add', path: '/metadata/annotations', value: Object.fromEntries(added) }];
  return [
    ...added.map(([name, value]): Operation => ({ op: 'add', path: pathOf(name), value })),
    ...removed.map((name): Operation => ({ op: 'remove', path: pathOf(name) })),
  ];
};

/** A consent is for this one change; one that is there is of before. */
const withConsent = (
  consent: string | undefined,
  { metadata }: VolumeReplication,
  others: Annotations = {},
): Annotations => ({
  ...others,
  [consentAnnotation]: consent === undefined ? undefined : consentFor(consent, metadata.generation ?? 0),
});

/** The spec must be the one that it was decided by; the status may have moved on. */
const stillThat = ({ metadata }: VolumeReplication): Operation[] => [
  { op: 'test', path: '/metadata/uid', value: metadata.uid },
  { op: 'test', path: '/metadata/generation', value: metadata.generation },
];

const changedMeanwhile = (what: string, cause: unknown): DrError =>
  new DrError({
    code: 'Conflict',
    message: `${what} was changed by somebody else meanwhile`,
    hint: 'run the command again: it looks anew',
    cause,
  });

const keyOf = ({ metadata: { namespace = '', name = '' } }: VolumeReplication) => ({ namespace, name });

const wishText = ({ spec: { replicationState, autoResync = false } }: VolumeReplication): string =>
  `${replicationState} ${autoResync}`;

/** Controllers write the spec, too: kubernetes-csi-addons adds a field at its first look. That is no other wish. */
const withNewGeneration = async (
  { cluster }: Site,
  before: VolumeReplication,
  signal: AbortSignal,
): Promise<VolumeReplication | undefined> => {
  const now = await cluster.get<VolumeReplication>(resources.volumeReplications, keyOf(before), { signal });
  const isSame = now.metadata.uid === before.metadata.uid && wishText(now) === wishText(before);
  return isSame && now.metadata.deletionTimestamp === before.metadata.deletionTimestamp ? now : undefined;
};

/** Does it on the object it was decided by; once more where only its generation is another one. */
const unlessChanged = async <T>(
  site: Site,
  before: VolumeReplication,
  signal: AbortSignal,
  act: (current: VolumeReplication) => Promise<T>,
): Promise<T> => {
  try {
    return await act(before);
  } catch (error) {
    if (!isFailedTest(error)) throw error;
    const current = await withNewGeneration(site, before, signal);
    if (current === undefined) throw error;
    return act(current);
  }
};

type Ask = Extract<StepWrite, { kind: 'ask' }>;

/** The mark names the version of the spec that comes of the very write that it goes along with. */
const withDemotion = ({ before, replicationState, annotations, demotion }: Ask): Annotations => {
  if (demotion === undefined) return annotations ?? {};
  const { spec, metadata } = before;
  const isOther = spec.replicationState !== replicationState || spec.autoResync === true;
  const generation = (metadata.generation ?? 0) + Number(isOther);
  return {
    ...annotations,
    [demotionAnnotation]: demotionText(demotion, generation),
  };
};

const ask = async ({ cluster }: Site, write: Ask, options: WriteOptions): Promise<VolumeReplication> => {
  const { before, replicationState } = write;
  const operations: Operation[] = [
    ...stillThat(before),
    ...annotate(
      before,
      write.keepsConsent ? withDemotion(write) : withConsent(options.consent, before, withDemotion(write)),
    ),
    { op: 'add', path: '/spec/replicationState', value: replicationState },
    { op: 'add', path: '/spec/autoResync', value: false },
  ];
  return cluster.patch<VolumeReplication>(resources.volumeReplications, keyOf(before), operations, {
    type: 'json',
    fieldManager,
    dryRun: options.dryRun,
    signal: options.signal,
  });
};

const create = (
  { cluster }: Site,
  object: VolumeReplication,
  { consent, dryRun, signal }: WriteOptions,
): Promise<VolumeReplication> => {
  const { metadata } = object;
  const annotated =
    consent === undefined
      ? metadata
      : {
          ...metadata,
          annotations: { ...metadata.annotations, [consentAnnotation]: consentFor(consent, 0) },
        };
  return cluster.create<VolumeReplication>(
    resources.volumeReplications,
    { ...object, metadata: annotated },
    { fieldManager, dryRun, signal },
  );
};

/** The consent comes first, as a deletion carries no annotation. */
const remove = async (
  { cluster }: Site,
  { before }: Extract<StepWrite, { kind: 'delete' }>,
  { consent, dryRun, signal }: WriteOptions,
): Promise<void> => {
  const operations = [...stillThat(before), ...annotate(before, withConsent(consent, before))];
  await cluster.patch(resources.volumeReplications, keyOf(before), operations, {
    type: 'json',
    fieldManager,
    dryRun,
    signal,
  });
  const { uid } = before.metadata;
  // A dry run has left no consent behind that the deletion could be judged by.
  if (dryRun) return;
  await cluster.delete(resources.volumeReplications, keyOf(before), {
    ...(uid !== undefined && { preconditions: { uid } }),
    signal,
  });
};

const retain = async (
  { cluster }: Site,
  { volume }: Extract<StepWrite, { kind: 'retain' }>,
  { dryRun, signal }: WriteOptions,
): Promise<void> => {
  const { name = '', uid } = volume.metadata;
  const patch = { metadata: { uid }, spec: { persistentVolumeReclaimPolicy: 'Retain' } };
  await cluster.patch(resources.persistentVolumes, { name }, patch, {
    type: 'merge',
    fieldManager,
    dryRun,
    signal,
  });
};

const nameOf = (write: StepWrite): string => {
  if (write.kind === 'retain') return `PV ${write.volume.metadata.name}`;
  const { metadata } = write.kind === 'create' ? write.object : write.before;
  return `VolumeReplication ${metadata.namespace}/${metadata.name}`;
};

const writeOne = async (
  site: Site,
  write: StepWrite,
  options: WriteOptions,
): Promise<VolumeReplication | undefined> => {
  switch (write.kind) {
    case 'ask':
      return unlessChanged(site, write.before, options.signal, (before) =>
        ask(site, { ...write, before }, options),
      );
    case 'create':
      return create(site, write.object, options);
    case 'delete':
      await unlessChanged(site, write.before, options.signal, (before) =>
        remove(site, { ...write, before }, options),
      );
      return undefined;
    case 'retain':
      await retain(site, write, options);
      return undefined;
  }
};

/** Makes the writes of a step, one after the other, and answers the replication as it is stored then; undefined where it goes. */
export const writeStep = async (
  site: Site,
  writes: readonly StepWrite[],
  options: WriteOptions,
): Promise<VolumeReplication | undefined> => {
  let stored: VolumeReplication | undefined;
  for (const write of writes) {
    try {
      stored = await writeOne(site, write, options);
    } catch (error) {
      throw isFailedTest(error) || isConflict(error) ? changedMeanwhile(nameOf(write), error) : error;
    }
  }
  return stored;
};
