import { type ConsentAction, consentAnnotation } from '../../consent.ts';

/**
 * The command by which a person consents, with words in capitals to be replaced: nobody should accept a loss because a
 * command is at hand, so it does nothing as it stands.
 */
export const consentCommand = (action: ConsentAction): string => {
  const consent = { accepts: [action], maxLoss: 'LOSS', by: 'YOU', reason: 'WHY', expires: 'TIME' };
  return `kubectl -n NAMESPACE annotate vr VR ${consentAnnotation}='${JSON.stringify(consent)}'`;
};
