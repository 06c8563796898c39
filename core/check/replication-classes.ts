import type { VolumeReplicationClass } from '../model/volume-replication.ts';
import { classWithoutSchedule } from '../rules/advice/class-without-schedule.ts';
import { classesDiffer } from '../rules/advice/classes-differ.ts';
import type { ClassAdviceFacts } from '../rules/advice-facts.ts';
import { badClassParameters } from '../rules/guard/bad-class-parameters.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { type CheckFacts, peerOf, type SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { firstOf, onEachProtected, onEachSite, onEachSiteOfVolumes, type ProtectedSide } from './on-each.ts';

const kind = 'VolumeReplicationClass';

const settingsOf = ({ spec }: VolumeReplicationClass) => ({
  provisioner: spec.provisioner,
  parameters: spec.parameters ?? {},
});

const factsOf = (item: VolumeReplicationClass) => ({
  subject: 'class' as const,
  kind: kind as typeof kind,
  name: item.metadata.name ?? '',
  ...settingsOf(item),
});

const showIn = ({ site }: SiteFacts, name: string): string =>
  `${site.kubectl} get vrc ${shellWord(name)} -o yaml`;

const classesIn = (
  site: SiteFacts,
  judge: (item: VolumeReplicationClass) => readonly Seen[],
): readonly Seen[] => site.view.replicationClasses().flatMap(judge);

const badParametersIn = (site: SiteFacts): readonly Seen[] =>
  classesIn(site, (item) => {
    const asked = factsOf(item);
    return badClassParameters(asked).map(({ fact, risk }) =>
      finding('DR107', 'error', {
        site,
        object: { kind, name: asked.name },
        message: `${fact.replace(`${kind} ${asked.name}: `, '')}: ${risk}`,
        next: showIn(site, asked.name),
      }),
    );
  });

/** DR107. A class that was created before the webhook, or past it. */
export const classParameters: Check = {
  name: 'ClassParameters',
  codes: ['DR107'],
  look: (facts) => onEachSite(facts, badParametersIn),
};

const unknownPeerClass: ClassAdviceFacts['peerClass'] = { known: false, why: 'nobody asked' };

const withoutScheduleIn = (site: SiteFacts): readonly Seen[] =>
  classesIn(site, (item) => {
    const asked = factsOf(item);
    const message = classWithoutSchedule({ ...asked, peerClass: unknownPeerClass });
    if (message === undefined) return [];
    const object = { kind, name: asked.name };
    return [finding('DR301', 'warning', { site, object, message, next: showIn(site, asked.name) })];
  });

/** DR301. Noticed after the failover, when nothing is mirrored back. */
export const classSchedules: Check = {
  name: 'ClassSchedules',
  codes: ['DR301'],
  look: (facts) => onEachSite(facts, withoutScheduleIn),
};

/** The class that a replication names is what its volume is promoted with on the other site. */
const missingOnPeer = (
  site: SiteFacts,
  peer: SiteFacts,
  sides: readonly ProtectedSide[],
): readonly Seen[] => {
  const byClass = Map.groupBy(sides, ({ replication }) => replication.className);
  return [...byClass].flatMap(([name, using]): readonly Seen[] => {
    if (name === undefined || peer.view.replicationClass(name) !== undefined) return [];
    const claims = firstOf(using.map(({ volume }) => `${volume.namespace}/${volume.claimName}`));
    return [
      finding('DR302', 'error', {
        site: peer,
        object: { kind, name },
        message: `is not there, and claim ${claims} is protected by it on ${site.site.name}: no volume can be promoted here without it`,
        next: showIn(site, name),
      }),
    ];
  });
};

const differencesBetween = (site: SiteFacts, peer: SiteFacts): readonly Seen[] =>
  classesIn(site, (item) => {
    const asked = factsOf(item);
    const theirs = peer.view.replicationClass(asked.name);
    if (theirs === undefined) return [];
    const peerClass = { site: peer.site.context, ...settingsOf(theirs) };
    const message = classesDiffer({ ...asked, peerClass: { known: true, value: peerClass } });
    if (message === undefined) return [];
    const object = { kind, name: asked.name };
    return [finding('DR302', 'warning', { site, object, message, next: showIn(site, asked.name) })];
  });

const ofPair = (facts: CheckFacts, site: SiteFacts, sides: readonly ProtectedSide[]): readonly Seen[] => {
  const peer = peerOf(facts, site);
  if (peer === undefined) return [];
  const isFirst = facts.sites[0] === site;
  return [...missingOnPeer(site, peer, sides), ...(isFirst ? differencesBetween(site, peer) : [])];
};

/** DR302. What differs is told once, from the site that was asked for. */
export const classesOfBothSites: Check = {
  name: 'ClassesOfBothSites',
  codes: ['DR302'],
  look: (facts) => onEachSiteOfVolumes(facts, (site, sides) => ofPair(facts, site, sides)),
};

const doesNotFit = ({ site, replication, status }: ProtectedSide): readonly Seen[] => {
  const { className, namespace, name } = replication;
  if (className === undefined) return [];
  const found = site.view.replicationClass(className);
  const says = (message: string): readonly Seen[] => [
    finding('DR106', 'error', {
      site,
      object: { kind: replication.kind, namespace, name },
      message,
      next: `${site.site.kubectl} get vrc`,
    }),
  ];
  if (found === undefined)
    return says(
      `names class ${className}, which is not there: neither a promote nor its deletion gets to the driver`,
    );
  const driver = status.identity?.driver;
  if (driver === undefined || driver === found.spec.provisioner) return [];
  return says(
    `names class ${className}, which is for ${found.spec.provisioner}, and its volume is of ${driver}: the volume is not mirrored by it`,
  );
};

/** DR106. A class can be deleted under the replications that name it. */
export const classesThatFit: Check = {
  name: 'ClassesThatFit',
  codes: ['DR106'],
  look: (facts) => onEachProtected(facts, doesNotFit),
};
