/** How a value is written on the wire, and what it is in JSON. */
export type ValueType =
  | 'string'
  | 'bytes'
  | 'int'
  | 'bool'
  | 'double'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'duration'
  | 'raw'
  | 'texts'
  | { message: string };

/** One field of a message. */
export type MessageField = {
  /** The JSON name. */
  name: string;
  type: ValueType;
  map?: boolean;
  list?: boolean;
  /** Its fields stand in the object that holds it. */
  inline?: boolean;
  /** Go leaves it out of JSON when it is empty, though the wire carries it. */
  omitZero?: boolean;
};

/** The messages of Kubernetes' built-in kinds: by name, then by field number. */
export type FieldTable = {
  /** Names of messages by `apiVersion/kind`. */
  kinds: Record<string, string>;
  messages: Record<string, Record<number, MessageField>>;
};
