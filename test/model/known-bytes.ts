import {
  type ClaimName,
  claimNames,
  otherSite,
  type SimulatedStorage,
  type SiteNumber,
} from './simulated-storage.ts';

/** What nobody may lose: the writes that were acknowledged, apart from those whose loss a person accepted. */
export type KnownBytes = {
  /** An application wrote. */
  noteWrite(site: SiteNumber, claim: ClaimName, write: number, at: number): void;
  /** A copy became primary. `accepted`: a person accepted that writes since `knownSync` are lost, of any time where that is undefined. */
  notePromotion(
    site: SiteNumber,
    claim: ClaimName,
    accepted: { readonly knownSync: number | undefined } | undefined,
  ): void;
  /** Somebody goes on with a copy that was primary beside the good one: from now on either may be the one that counts. */
  contest(claim: ClaimName): void;
  /** A copy became primary beside the good one. */
  noteSecondPrimary(site: SiteNumber, claim: ClaimName): void;
  /** A person agreed that a copy is thrown away for the other one. */
  noteThrownAway(site: SiteNumber, claim: ClaimName): void;
  /** Throws where a write that nobody gave up is on no copy any more. */
  check(): void;
  /** Whether a copy follows the good one: it has all that the good one had when it was promoted, and nothing else. */
  isFollowing(site: SiteNumber, claim: ClaimName): boolean;
  /** Whether a copy holds every write that nobody may lose. */
  holdsAll(site: SiteNumber, claim: ClaimName): boolean;
  /** Where a volume was promoted last. */
  goodSite(claim: ClaimName): SiteNumber;
};

type Volume = {
  good: SiteNumber;
  /** By number; when it was written, by the storage's clock. */
  readonly owed: Map<number, number>;
  atPromotion: ReadonlySet<number>;
  /** What each copy held when it was promoted last: a copy of it is made of a snapshot that it took since, not of this moment. */
  readonly promotedWith: Map<SiteNumber, ReadonlySet<number>>;
  isContested: boolean;
};

/** Keeps the account. Both volumes are good on the first site at the beginning. */
export const createKnownBytes = (storage: SimulatedStorage): KnownBytes => {
  const fresh = (): Volume => ({
    good: 0,
    owed: new Map(),
    atPromotion: new Set(),
    promotedWith: new Map(),
    isContested: false,
  });
  const volumes: Readonly<Record<ClaimName, Volume>> = { data: fresh(), wal: fresh() };
  return {
    noteWrite: (site, claim, write, at) => {
      if (volumes[claim].good === site) volumes[claim].owed.set(write, at);
    },
    notePromotion: (site, claim, accepted) => {
      const volume = volumes[claim];
      const held = storage.writesIn(site, claim);
      for (const [write, at] of volume.owed) {
        if (held.has(write)) continue;
        if (accepted === undefined)
          throw new Error(
            `${claim}: write ${write} is lost by a promotion of site ${site} that nobody agreed to`,
          );
        if (accepted.knownSync !== undefined && at < accepted.knownSync)
          throw new Error(
            `${claim}: write ${write} is lost, though it is older than the sync that was told of`,
          );
        volume.owed.delete(write);
      }
      volume.good = site;
      volume.atPromotion = held;
      volume.promotedWith.set(site, held);
    },
    contest: (claim) => {
      volumes[claim].isContested = true;
    },
    noteSecondPrimary: (site, claim) => {
      volumes[claim].isContested = true;
      volumes[claim].promotedWith.set(site, storage.writesIn(site, claim));
    },
    noteThrownAway: (site, claim) => {
      const volume = volumes[claim];
      const isContested = volume.isContested;
      volume.isContested = false;
      if (volume.good !== site || !isContested) return;
      volume.good = otherSite(site);
      const held = storage.writesIn(volume.good, claim);
      volume.atPromotion = volume.promotedWith.get(volume.good) ?? held;
      for (const write of volume.owed.keys()) if (!held.has(write)) volume.owed.delete(write);
    },
    check: () => {
      for (const claim of claimNames) {
        const { good, owed } = volumes[claim];
        const copies = [storage.writesIn(good, claim), storage.writesIn(otherSite(good), claim)];
        for (const write of owed.keys())
          if (!copies.some((copy) => copy.has(write)))
            throw new Error(`${claim}: write ${write} is on no copy any more`);
      }
    },
    isFollowing: (site, claim) => {
      const { good, atPromotion } = volumes[claim];
      const [copy, primary] = [storage.writesIn(site, claim), storage.writesIn(good, claim)];
      if (site === good) return true;
      return (
        storage.roleOf(site, claim) === 'secondary' &&
        [...atPromotion].every((write) => copy.has(write)) &&
        [...copy].every((write) => primary.has(write))
      );
    },
    holdsAll: (site, claim) => {
      const copy = storage.writesIn(site, claim);
      return [...volumes[claim].owed.keys()].every((write) => copy.has(write));
    },
    goodSite: (claim) => volumes[claim].good,
  };
};
