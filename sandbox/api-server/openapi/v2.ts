import type { Kind } from '../kind.ts';
import type { JsonObject } from '../schema/json-value.ts';
import { publishSchemas } from './published-schemas.ts';

/** The OpenAPI v2 document: definitions only. Paths are told by version 3, where clients look for them first. */
export const openApiV2 = (kinds: readonly Kind[]) => ({
  swagger: '2.0',
  info: { title: 'Kubernetes', version: 'unversioned' },
  paths: {} as JsonObject,
  definitions: publishSchemas(kinds, { refs: '#/definitions/', version: 2 }),
});

export type OpenApiV2 = ReturnType<typeof openApiV2>;
