import { type ConsentAction, consentAnnotation } from '../../consent.ts';

const restsOnPeer: readonly ConsentAction[] = ['force-promote', 'resync'];

/**
 * The command by which a person consents, with words in capitals to be replaced: nobody should accept a loss because a
 * command is at hand, so it does nothing as it stands.
 */
export const consentCommand = (action: ConsentAction): string => {
  const seen = restsOnPeer.includes(action) ? { seen: { peer: 'PEER' } } : {};
  const consent = { accepts: [action], ...seen, maxLoss: 'LOSS', by: 'YOU', reason: 'WHY', expires: 'TIME' };
  return `kubectl -n NAMESPACE annotate --overwrite vr VR ${consentAnnotation}='${JSON.stringify(consent)}'`;
};
