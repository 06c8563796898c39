import type {
  ClaimFacts,
  ClassFacts,
  DefinitionFacts,
  NamespaceFacts,
  NeededFacts,
  RecordFacts,
  RecordKindFacts,
  VolumeFacts,
} from './protection-facts.ts';
import type { ReplicationFacts } from './replication-facts.ts';

/** One change, with everything that the guard rules look at. */
export type GuardFacts =
  | ReplicationFacts
  | ClassFacts
  | VolumeFacts
  | ClaimFacts
  | NamespaceFacts
  | DefinitionFacts
  | NeededFacts
  | RecordFacts
  | RecordKindFacts;
