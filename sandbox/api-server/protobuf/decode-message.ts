import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { type JsonObject, setField } from '../schema/json-value.ts';
import type { FieldTable, MessageField, ValueType } from './field-table.ts';

type Messages = FieldTable['messages'];
type Numbers = { first: number; second: number; text: string };

/** The small messages that stand for one value: two numbers and a text at most. */
const readSmall = (bytes: Uint8Array): Numbers => {
  const reader = new BinaryReader(bytes);
  const read: Numbers = { first: 0, second: 0, text: '' };
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType === WireType.Varint && number === 1) read.first = Number(reader.int64());
    else if (wireType === WireType.Varint && number === 2) read.second = Number(reader.int64());
    else if (wireType === WireType.LengthDelimited) read.text = reader.string();
    else reader.skip(wireType, number);
  }
  return read;
};

const timeOf = ({ first, second }: Numbers, micro: boolean): string => {
  const seconds = new Date(first * 1000).toISOString().slice(0, 19);
  return micro ? `${seconds}.${String(Math.floor(second / 1000)).padStart(6, '0')}Z` : `${seconds}Z`;
};

const readRaw = (bytes: Uint8Array): unknown => {
  const { text } = readSmall(bytes);
  return text === '' ? undefined : JSON.parse(text);
};

const readTexts = (bytes: Uint8Array): string[] => {
  const reader = new BinaryReader(bytes);
  const texts: string[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited) texts.push(reader.string());
    else reader.skip(wireType, number);
  }
  return texts;
};

/** Values that come as bytes of their own; an empty time is none. */
const readEmbedded = (type: ValueType, bytes: Uint8Array, messages: Messages): unknown => {
  if (typeof type === 'object') return decodeMessage(bytes, type.message, messages);
  switch (type) {
    case 'string':
      return new TextDecoder().decode(bytes);
    case 'bytes':
      return Buffer.from(bytes).toString('base64');
    case 'quantity':
      return readSmall(bytes).text;
    case 'intOrString': {
      const { first, second, text } = readSmall(bytes);
      return first === 0 ? second : text;
    }
    case 'time':
    case 'microTime':
      return bytes.length === 0 ? undefined : timeOf(readSmall(bytes), type === 'microTime');
    case 'duration':
      return `${readSmall(bytes).first / 1e9}s`;
    case 'raw':
      return readRaw(bytes);
    case 'texts':
      return readTexts(bytes);
    default:
      return undefined;
  }
};

const readValue = (
  reader: BinaryReader,
  wireType: WireType,
  type: ValueType,
  messages: Messages,
): unknown => {
  if (wireType === WireType.Varint) return type === 'bool' ? reader.bool() : Number(reader.int64());
  if (wireType === WireType.Bit64) return reader.double();
  return readEmbedded(type, reader.bytes(), messages);
};

const readEntry = (bytes: Uint8Array, type: ValueType, messages: Messages): [string, unknown] => {
  const reader = new BinaryReader(bytes);
  let key = '';
  let value: unknown = typeof type === 'object' ? {} : '';
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === 1) key = reader.string();
    else if (number === 2) value = readValue(reader, wireType, type, messages);
    else reader.skip(wireType, number);
  }
  return [key, value];
};

const isZero = (value: unknown): boolean =>
  value === undefined || value === '' || value === 0 || value === false;

const put = (object: JsonObject, field: MessageField, value: unknown): void => {
  if (field.inline === true) Object.assign(object, value);
  else if (value !== undefined && !(field.omitZero === true && isZero(value)))
    setField(object, field.name, value);
};

const putItem = (object: JsonObject, { name }: MessageField, item: unknown): void => {
  const items = object[name];
  if (Array.isArray(items)) items.push(item);
  else setField(object, name, [item]);
};

const putEntry = (object: JsonObject, { name }: MessageField, [key, value]: [string, unknown]): void => {
  const entries = (object[name] ?? {}) as JsonObject;
  setField(entries, key, value);
  setField(object, name, entries);
};

/** Reads one message as the JSON that Go would print of it. Fields that the table does not know are left out. */
export const decodeMessage = (bytes: Uint8Array, message: string, messages: Messages): JsonObject => {
  const reader = new BinaryReader(bytes);
  const fields = messages[message] ?? {};
  const object: JsonObject = {};
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = fields[number];
    if (field === undefined) reader.skip(wireType, number);
    else if (field.map === true) putEntry(object, field, readEntry(reader.bytes(), field.type, messages));
    else if (field.list === true) putItem(object, field, readValue(reader, wireType, field.type, messages));
    else put(object, field, readValue(reader, wireType, field.type, messages));
  }
  return object;
};
