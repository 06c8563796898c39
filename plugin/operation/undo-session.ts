import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { nothingToBring } from './bring-objects.ts';
import type { PreparedOperation } from './prepare-operation.ts';
import { createSession, type Session } from './session.ts';

/** The same volumes, the other way round: back to where a run that is interrupted has taken them from. */
export const undoSession = ({ prepared, sizesBefore }: Session): Session => {
  const { sites, volumes, paired, request } = prepared;
  const back: PreparedOperation = {
    ...prepared,
    request: { ...request, verb: 'undo', to: sites.source.site.name },
    sites: { source: sites.target, target: sites.source },
    volumes: volumes.map(({ source, target }) => ({ source: target, target: source })),
    paired: new Map(
      volumes.flatMap(({ source, target }) => {
        const it = paired.get(claimKeyText(source));
        return it === undefined ? [] : [[claimKeyText(target), it] as const];
      }),
    ),
  };
  return createSession(back, nothingToBring, sizesBefore);
};
