import type { JsonObject } from '../schema/json-value.ts';
import { decodeMessage } from './decode-message.ts';
import type { FieldTable } from './field-table.ts';
import table from './generated/fields.json' with { type: 'json' };

/** What objects in protobuf start with; kubectl's typed clients send them (`create namespace`, `auth can-i`). */
const magic = Buffer.from('k8s\0');

/** `runtime.Unknown`: the type, and the object as bytes. */
const envelope = {
  unknown: { 1: { name: 'type', type: { message: 'type' } }, 2: { name: 'raw', type: 'bytes' } },
  type: { 1: { name: 'apiVersion', type: 'string' }, 2: { name: 'kind', type: 'string' } },
} as const satisfies FieldTable['messages'];

const known: FieldTable = table as unknown as FieldTable;

/** A body that is no object in protobuf, or one of a kind that this server cannot read in protobuf. */
export class UnreadableProtobuf extends Error {}

const readEnvelope = (bytes: Uint8Array): { apiVersion: string; kind: string; raw: Uint8Array } => {
  const { type, raw } = decodeMessage(bytes, 'unknown', envelope) as {
    type?: { apiVersion?: string; kind?: string };
    raw?: string;
  };
  return {
    apiVersion: type?.apiVersion ?? '',
    kind: type?.kind ?? '',
    raw: Buffer.from(raw ?? '', 'base64'),
  };
};

/** Reads a body of `application/vnd.kubernetes.protobuf` as the JSON it stands for. Throws `UnreadableProtobuf`. */
export const decodeProtobuf = (body: Buffer): JsonObject => {
  if (!body.subarray(0, magic.length).equals(magic))
    throw new UnreadableProtobuf(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  try {
    const { apiVersion, kind, raw } = readEnvelope(body.subarray(magic.length));
    const message = known.kinds[`${apiVersion}/${kind}`] ?? known.kinds[`meta.k8s.io/v1/${kind}`];
    if (message === undefined)
      throw new UnreadableProtobuf(`${kind} in ${apiVersion} is not read in protobuf here`);
    return { apiVersion, kind, ...decodeMessage(raw, message, known.messages) };
  } catch (thrown) {
    if (thrown instanceof UnreadableProtobuf) throw thrown;
    throw new UnreadableProtobuf(thrown instanceof Error ? thrown.message : String(thrown));
  }
};
