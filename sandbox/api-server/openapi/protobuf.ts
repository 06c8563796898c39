import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { stringify } from 'yaml';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import type { OpenApiV2 } from './v2.ts';

// kubectl reads version 2 as protobuf and nothing else: gnostic's openapi.v2.Document. The numbers below are the fields of
// its messages, from OpenAPIv2.proto.

type Encode = (writer: BinaryWriter) => void;

const message = (writer: BinaryWriter, field: number, encode: Encode): void => {
  writer.uint32((field << 3) | 2).fork();
  encode(writer);
  writer.join();
};

const text = (writer: BinaryWriter, field: number, value: unknown): void => {
  if (typeof value === 'string' && value !== '') writer.uint32((field << 3) | 2).string(value);
};

/** `openapi.v2.Any`: the value as YAML. */
const any =
  (value: unknown): Encode =>
  (writer) =>
    text(writer, 2, stringify(value, { lineWidth: 0 }));

/** A map's entry: `NamedSchema`, `NamedAny` and the like. */
const named = (writer: BinaryWriter, field: number, name: string, encode: Encode): void =>
  message(writer, field, (entry) => {
    text(entry, 1, name);
    message(entry, 2, encode);
  });

const properties =
  (schemas: JsonObject): Encode =>
  (writer) => {
    for (const [name, value] of Object.entries(schemas)) named(writer, 1, name, schema(value));
  };

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const nested = (writer: BinaryWriter, value: JsonObject): void => {
  const { additionalProperties: others, items, properties: fields, type } = value;
  if (isJsonObject(others)) message(writer, 21, (item) => message(item, 1, schema(others)));
  if (typeof others === 'boolean') message(writer, 21, (item) => item.uint32(2 << 3).bool(others));
  if (typeof type === 'string') message(writer, 22, (item) => text(item, 1, type));
  if (isJsonObject(items)) message(writer, 23, (item) => message(item, 1, schema(items)));
  if (isJsonObject(fields)) message(writer, 25, properties(fields));
};

/** `openapi.v2.Schema`: what says how a type is made; limits on values are left out, as no client reads them here. */
const schema =
  (value: unknown): Encode =>
  (writer) => {
    if (!isJsonObject(value)) return;
    text(writer, 1, value['$ref']);
    text(writer, 2, value['format']);
    text(writer, 3, value['title']);
    text(writer, 4, value['description']);
    if (value['default'] !== undefined) message(writer, 5, any(value['default']));
    for (const name of list(value['required'])) text(writer, 19, name);
    for (const allowed of list(value['enum'])) message(writer, 20, any(allowed));
    nested(writer, value);
    for (const [name, extension] of Object.entries(value))
      if (name.startsWith('x-')) named(writer, 31, name, any(extension));
  };

/** The document in protobuf, `application/com.github.proto-openapi.spec.v2@v1.0+protobuf`. */
export const encodeOpenApiV2 = ({ swagger, info, definitions }: OpenApiV2): Uint8Array => {
  const writer = new BinaryWriter();
  text(writer, 1, swagger);
  message(writer, 2, (inner) => {
    text(inner, 1, info.title);
    text(inner, 2, info.version);
  });
  message(writer, 8, () => undefined);
  message(writer, 9, properties(definitions));
  return writer.finish();
};
