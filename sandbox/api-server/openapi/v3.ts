import type { Kind } from '../kind.ts';
import type { JsonObject } from '../schema/json-value.ts';
import { pathsOf } from './paths.ts';
import { groupVersionPath, publishSchemas } from './published-schemas.ts';

/** The group versions that have a document, as the root names them: `api/v1`, `apis/apps/v1`. */
export const groupVersions = (kinds: readonly Kind[]): string[] =>
  [...new Set(kinds.map((kind) => groupVersionPath(kind).slice(1)))].sort();

/** The OpenAPI v3 document of one group version; undefined where nothing is served under that name. */
export const openApiV3 = (kinds: readonly Kind[], groupVersion: string): JsonObject | undefined => {
  const served = kinds.filter((kind) => groupVersionPath(kind) === `/${groupVersion}`);
  if (served.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.assign({}, ...served.map(pathsOf)) as JsonObject,
    components: { schemas: publishSchemas(served, { refs: '#/components/schemas/', version: 3 }) },
  };
};

/** The root: where the document of each group version is. The hash lets clients keep what they have. */
export const openApiV3Root = (hashes: ReadonlyMap<string, string>): JsonObject => ({
  paths: Object.fromEntries(
    [...hashes].map(([groupVersion, hash]) => [
      groupVersion,
      { serverRelativeURL: `/openapi/v3/${groupVersion}?hash=${hash}` },
    ]),
  ),
});
