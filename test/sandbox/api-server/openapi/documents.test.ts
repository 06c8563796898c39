import { BinaryReader } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import { apiVersionOf, type Resource, resources } from '../../../../core/model/resource.ts';
import type { Kind } from '../../../../sandbox/api-server/kind.ts';
import { createOpenApiDocuments } from '../../../../sandbox/api-server/openapi/documents.ts';
import { openApiV2 } from '../../../../sandbox/api-server/openapi/v2.ts';
import { openApiV3 } from '../../../../sandbox/api-server/openapi/v3.ts';
import { builtInSchema } from '../../../../sandbox/api-server/schema/built-in.ts';
import { isJsonObject } from '../../../../sandbox/api-server/schema/json-value.ts';
import { crdSchema } from '../schema/crd.ts';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const kindOf = (resource: Resource, schema: Kind['schema'], custom: boolean): Kind =>
  ({ resource, schema, custom, verbs, status: true, listKind: `${resource.kind}List` }) as unknown as Kind;

const builtIn = (resource: Resource) =>
  kindOf(resource, builtInSchema(apiVersionOf(resource), resource.kind), false);

const volumeReplications = kindOf(resources.volumeReplications, crdSchema('volumereplications'), true);
const kinds = [
  volumeReplications,
  ...[resources.persistentVolumeClaims, resources.deployments, resources.customResourceDefinitions].map(
    builtIn,
  ),
];
const group = 'apis/replication.storage.openshift.io/v1alpha1';

/** Everything that a document refers to. */
const refsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => (name === '$ref' ? [String(part)] : refsIn(part)));
};

describe('the OpenAPI v3 document of a group version', () => {
  const document = openApiV3(kinds, group);

  it('names a custom kind after its group read backwards', () => {
    expect(document).toMatchObject({
      components: {
        schemas: {
          'io.openshift.storage.replication.v1alpha1.VolumeReplication': {
            'x-kubernetes-group-version-kind': [
              { group: 'replication.storage.openshift.io', version: 'v1alpha1', kind: 'VolumeReplication' },
            ],
            properties: {
              metadata: {
                allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }],
              },
            },
          },
        },
      },
    });
  });

  it('tells kubectl that the server validates fields and runs dry', () => {
    const path =
      '/apis/replication.storage.openshift.io/v1alpha1/namespaces/{namespace}/volumereplications/{name}';
    const paths = (document?.['paths'] ?? {}) as Record<
      string,
      { patch: { parameters: { name: string }[] } }
    >;
    const names = paths[path]?.patch.parameters.map(({ name }) => name);
    expect(names).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force']);
  });

  it.each([
    [
      group,
      '/apis/replication.storage.openshift.io/v1alpha1/namespaces/{namespace}/volumereplications/{name}',
      false,
    ],
    ['api/v1', '/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}', true],
  ])('offers strategic merge patches for built-in kinds only: %s', (groupVersion, path, strategic) => {
    const paths = openApiV3(kinds, groupVersion)?.['paths'] as Record<string, unknown>;
    const content = JSON.stringify(paths[path]);
    expect(content.includes('application/strategic-merge-patch+json')).toBe(strategic);
    expect(content).toContain('application/apply-patch+yaml');
  });

  it('carries merge keys, which kubectl needs to make a patch', () => {
    expect(openApiV3(kinds, 'apis/apps/v1')).toMatchObject({
      components: {
        schemas: {
          'io.k8s.api.core.v1.PodSpec': {
            properties: {
              containers: {
                items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }] },
                'x-kubernetes-patch-merge-key': 'name',
                'x-kubernetes-patch-strategy': 'merge',
                'x-kubernetes-list-type': 'map',
                'x-kubernetes-list-map-keys': ['name'],
              },
            },
          },
        },
      },
    });
  });

  it.each([group, 'api/v1', 'apis/apps/v1', 'apis/apiextensions.k8s.io/v1'])(
    'refers to nothing that is not in it: %s',
    (groupVersion) => {
      const full = openApiV3(kinds, groupVersion);
      const { schemas } = (full?.['components'] ?? { schemas: {} }) as { schemas: object };
      const names = Object.keys(schemas).map((name) => `#/components/schemas/${name}`);
      expect(names).toEqual(expect.arrayContaining([...new Set(refsIn(full))]));
    },
  );

  it('is not there for what is not served', () => {
    expect(openApiV3(kinds, 'apis/none.example.com/v1')).toBeUndefined();
  });
});

describe('the OpenAPI v2 document', () => {
  const document = openApiV2(kinds);

  it('refers to nothing that is not in it', () => {
    const names = Object.keys(document.definitions).map((name) => `#/definitions/${name}`);
    expect(names).toEqual(expect.arrayContaining([...new Set(refsIn(document))]));
  });

  it('leaves out what version 2 cannot say', () => {
    expect(JSON.stringify(document)).not.toMatch(/"(nullable|oneOf|anyOf|allOf)"/);
  });
});

/** The names of the definitions in an encoded `openapi.v2.Document`: field 9, entries in field 1, names in field 1. */
const definitionNames = (bytes: Uint8Array): string[] => {
  const fields = (data: Uint8Array): { number: number; data: Uint8Array }[] => {
    const reader = new BinaryReader(data);
    const found: { number: number; data: Uint8Array }[] = [];
    while (reader.pos < reader.len) {
      const [number, wire] = reader.tag();
      if (wire === 2) found.push({ number, data: reader.bytes() });
      else reader.skip(wire, number);
    }
    return found;
  };
  const definitions = fields(bytes).find(({ number }) => number === 9)!;
  return fields(definitions.data).map(({ data }) => new TextDecoder().decode(fields(data)[0]!.data));
};

describe('the documents of a server', () => {
  it('are kept until its kinds change', () => {
    let generation = 1;
    let served = kinds;
    const documents = createOpenApiDocuments({ all: () => served, generation: () => generation });
    const first = documents.v3(group);
    expect(documents.v3(group)).toBe(first);
    expect(JSON.parse(documents.v3Root())).toMatchObject({
      paths: { [group]: { serverRelativeURL: `/openapi/v3/${group}?hash=${first?.hash}` } },
    });
    served = kinds.slice(1);
    generation = 2;
    expect(documents.v3(group)).toBeUndefined();
  });

  it('say the same in protobuf as in JSON', () => {
    const documents = createOpenApiDocuments({ all: () => kinds, generation: () => 1 });
    const { definitions } = JSON.parse(documents.v2().json) as { definitions: object };
    expect(definitionNames(documents.v2Protobuf())).toEqual(Object.keys(definitions));
  });
});
