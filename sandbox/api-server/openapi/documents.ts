import { createHash } from 'node:crypto';
import type { Kind } from '../kind.ts';
import { encodeOpenApiV2 } from './protobuf.ts';
import { openApiV2 } from './v2.ts';
import { groupVersions, openApiV3, openApiV3Root } from './v3.ts';

/** A document as it is sent; `hash` is its name for caches. */
export type OpenApiDocument = { json: string; hash: string };

/** The OpenAPI documents of a server. Each is made when it is first asked for and kept until the kinds change. */
export type OpenApiDocuments = {
  /** `/openapi/v3`. */
  v3Root: () => string;
  /** `/openapi/v3/<groupVersion>`, such as `apis/apps/v1`; undefined for one that is not served. */
  v3: (groupVersion: string) => OpenApiDocument | undefined;
  /** `/openapi/v2` as JSON. */
  v2: () => OpenApiDocument;
  /** `/openapi/v2` as kubectl wants it: protobuf. */
  v2Protobuf: () => Uint8Array;
};

/** Where the kinds come from; `generation` changes with them. */
export type KindSource = { all: () => readonly Kind[]; generation: () => number };

const hashOf = (text: string): string => createHash('sha512').update(text).digest('hex').toUpperCase();

const documentOf = (content: unknown): OpenApiDocument => {
  const json = JSON.stringify(content);
  return { json, hash: hashOf(json) };
};

/** A group version's hash without its document: that is made only for those who ask for it. */
const cheapHash = (kinds: readonly Kind[], groupVersion: string): string =>
  hashOf(
    kinds
      .filter(
        ({ resource: { group, version } }) =>
          `${group === '' ? 'api' : `apis/${group}`}/${version}` === groupVersion,
      )
      .map(({ resource, custom, schema }) => `${resource.kind} ${custom ? JSON.stringify(schema) : ''}`)
      .join('\n'),
  );

const v3RootOf = (kinds: readonly Kind[]): string =>
  JSON.stringify(
    openApiV3Root(
      new Map(groupVersions(kinds).map((groupVersion) => [groupVersion, cheapHash(kinds, groupVersion)])),
    ),
  );

const v3DocumentOf = (kinds: readonly Kind[], groupVersion: string): OpenApiDocument | undefined => {
  const content = openApiV3(kinds, groupVersion);
  return content === undefined
    ? undefined
    : { json: JSON.stringify(content), hash: cheapHash(kinds, groupVersion) };
};

/** Makes the documents of what a server serves. */
export const createOpenApiDocuments = (source: KindSource): OpenApiDocuments => {
  let generation: number | undefined;
  let kept = new Map<string, unknown>();
  const keep = <T>(name: string, make: (kinds: readonly Kind[]) => T): T => {
    if (generation !== source.generation()) {
      generation = source.generation();
      kept = new Map();
    }
    if (!kept.has(name)) kept.set(name, make(source.all()));
    return kept.get(name) as T;
  };
  return {
    v3Root: () => keep('v3', v3RootOf),
    v3: (groupVersion) => keep(`v3/${groupVersion}`, (kinds) => v3DocumentOf(kinds, groupVersion)),
    v2: () => keep('v2', (kinds) => documentOf(openApiV2(kinds))),
    v2Protobuf: () => keep('v2 protobuf', (kinds) => encodeOpenApiV2(openApiV2(kinds))),
  };
};
