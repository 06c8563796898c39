import { bytesOf } from '../model/quantity.ts';
import { nameOf, nameText } from './object-name.ts';
import type { Wanted, WantedVolume } from './wanted.ts';

/** A claim was asked to grow, and the driver had not done it when it was read. */
export type PendingGrowth = { readonly wants: string; readonly has: string };

/** What a claim asks for beyond what its PV has; undefined where that is nothing, or not to be told. */
export const pendingGrowth = ({
  claim,
  volume,
}: Pick<WantedVolume, 'claim' | 'volume'>): PendingGrowth | undefined => {
  const [wants, has] = [claim.spec?.resources?.requests?.storage, volume.spec?.capacity?.storage];
  const [wanted, there] = [bytesOf(wants), bytesOf(has)];
  if (wants === undefined || has === undefined || wanted === undefined || there === undefined)
    return undefined;
  return wanted > there ? { wants, has } : undefined;
};

/**
 * Kubernetes' binder binds a PV whose claimRef names the claim without a look at its size (`syncUnboundClaim` of the PV controller), and the
 * resizer of the target takes the larger request up: of a replica it cannot, so only once that is primary.
 */
export const growthWarnings = (
  { volumes, claimRef }: Pick<Wanted, 'volumes' | 'claimRef'>,
  siteName: string,
): readonly string[] =>
  claimRef !== 'reserve'
    ? []
    : volumes.flatMap((wanted) => {
        const growth = pendingGrowth(wanted);
        return growth === undefined
          ? []
          : [
              `DR414: ${nameText(nameOf(wanted.claim))} asks for ${growth.wants} and PV ${wanted.volume.metadata.name} has ${growth.has}: the resize goes on on ${siteName} once the volume is primary there`,
            ];
      });
