import { type ConsentAction, consentAnnotation } from '../../consent.ts';

/** The command by which a person consents; words in capitals stand for names. `expires` is RFC 3339 text. */
export const consentCommand = (action: ConsentAction, expires: string): string => {
  const consent = { accepts: [action], maxLoss: '15m', by: 'YOU', reason: 'WHY', expires };
  return `kubectl -n NAMESPACE annotate vr VR ${consentAnnotation}='${JSON.stringify(consent)}'`;
};
