import type { RuleCode } from '../rules/rule-code.ts';
import type { SiteName } from '../status/snapshot.ts';
import type { CheckFacts, SiteFacts } from './facts.ts';

/** How much a finding matters; a command that meets `error` exits with 3. */
export type FindingLevel = 'error' | 'warning' | 'info';

/** The object that a finding is about. */
export type FindingObject = {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
};

/** One thing that a check found. */
export type CheckFinding = {
  readonly code: RuleCode;
  readonly level: FindingLevel;
  /** Undefined where it is about this machine, or about both sites. */
  readonly site: SiteName | undefined;
  /** Undefined where it is about the whole site. */
  readonly object: FindingObject | undefined;
  /** One line that names the fact and the risk. */
  readonly message: string;
  /** A command that is safe to run now; undefined where none is. */
  readonly next: string | undefined;
};

/** What a check could not see, as one clause: it then says nothing about that, and nobody may take it for fine. */
export type Gap = { readonly unknown: string };

/** What a check shows: findings and gaps. */
export type Seen = CheckFinding | Gap;

export const isGap = (seen: Seen): seen is Gap => 'unknown' in seen;

/** One check: what it is called in reports, which codes it can find, and the look at the facts. */
export type Check = {
  /** Stable word for scripts: `StuckDeletions`. */
  readonly name: string;
  readonly codes: readonly RuleCode[];
  readonly look: (facts: CheckFacts) => readonly Seen[];
};

/** Makes a finding about one site. */
export const finding = (
  code: RuleCode,
  level: FindingLevel,
  parts: {
    readonly site?: Pick<SiteFacts, 'site'> | undefined;
    readonly object?: FindingObject | undefined;
    readonly message: string;
    readonly next?: string | undefined;
  },
): CheckFinding => ({
  code,
  level,
  site: parts.site?.site,
  object: parts.object,
  message: parts.message,
  next: parts.next,
});

/** `PersistentVolumeClaim shop/db`. */
export const objectText = ({ kind, namespace, name }: FindingObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
