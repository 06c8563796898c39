import { volumeIdentityOf } from '../model/persistent-volume.ts';
import { knownValue, readingOf } from '../model/reading-of.ts';
import type { Obstacle } from './decision.ts';
import type { StepFacts } from './step-facts.ts';

/** The class that was chosen, or why none could be. */
export type ClassChoice = { readonly className: string } | { readonly obstacle: Obstacle };

/** The driver of the claim's volume; of one that is not bound yet, the provisioner of its StorageClass. */
const driverOf = ({ claim, volume, site }: StepFacts): string | undefined => {
  const pv = knownValue(volume);
  if (pv !== undefined) return volumeIdentityOf(pv)?.driver;
  const storageClass = knownValue(claim)?.spec?.storageClassName;
  return storageClass ? site.storageClass(storageClass)?.provisioner : undefined;
};

const howToName = (facts: StepFacts): string => `${facts.here.kubectl} get vrc`;

/**
 * The VolumeReplicationClass for a claim: the one that was named, else the only one whose provisioner is the volume's driver. Several
 * are listed, as the choice decides about schedule and secrets, and cannot be changed afterwards.
 */
export const chooseClass = (facts: StepFacts, named: string | undefined): ClassChoice => {
  if (named !== undefined) return { className: named };
  const fitting = readingOf(() => {
    const driver = driverOf(facts);
    const names = facts.site
      .replicationClasses()
      .filter(({ spec }) => spec.provisioner === driver)
      .map(({ metadata }) => metadata.name ?? '');
    return { driver, names: names.toSorted() };
  });
  if (!fitting.known) return { obstacle: { code: 'Unknown', message: fitting.why } };
  const { driver, names } = fitting.value;
  const [only, ...more] = names;
  if (only === undefined) {
    const message =
      driver === undefined
        ? 'which driver its volume has is not known, so that no class can be chosen for it'
        : `no VolumeReplicationClass of ${facts.here.name} has the provisioner ${driver}`;
    return { obstacle: { code: 'DR106', message, next: howToName(facts) } };
  }
  if (more.length === 0) return { className: only };
  return {
    obstacle: {
      code: 'Ambiguous',
      message: `several VolumeReplicationClasses have the provisioner ${driver}: ${names.join(', ')}; choose one with --class`,
      next: howToName(facts),
    },
  };
};
