import { type ConsentAction, consentAnnotation } from '../../consent.ts';
import type { ReplicationChange } from '../replication-facts.ts';
import type { GuardCode } from '../rule-code.ts';
import { kubectl, typeAndName } from './commands.ts';

/** When a person may accept it: nobody should because a command is at hand. */
const onlyIf: Readonly<Record<ConsentAction, string>> = {
  'force-promote': 'only if the other site is lost',
  resync: 'only if this copy is not needed any more',
  'demote-in-use': 'only if those writes may be lost',
  unprotect: 'only if protection shall end',
  'lose-since-promote': 'only if the writes since the promote may be lost',
};

/** Where a person says that the risk is accepted. The value is cut short on purpose: whoever consents writes it. */
export const howToConsent = (
  { action, code }: { readonly action: ConsentAction; readonly code: GuardCode },
  change: ReplicationChange,
): string => {
  const value = `'{"accepts":["${action}"],…}'`;
  const where =
    change.operation === 'CREATE'
      ? `annotate it with ${consentAnnotation}=${value}`
      : kubectl(change, `annotate ${typeAndName(change)} ${consentAnnotation}=${value}`);
  return `or, ${onlyIf[action]}, consent to it ("kubectl dr explain ${code}" has the whole text): ${where}`;
};
