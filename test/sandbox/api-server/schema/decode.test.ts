import { describe, expect, it } from 'vitest';
import { builtInSchema } from '../../../../sandbox/api-server/schema/built-in.ts';
import { decodeProblem, metadataProblem } from '../../../../sandbox/api-server/schema/decode.ts';
import type { JsonObject } from '../../../../sandbox/api-server/schema/json-value.ts';

const deployment = builtInSchema('apps/v1', 'Deployment');
const podSpec = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } });
const into = (place: string, type: string): string => `into Go struct field ${place} of type ${type}`;

const cases: [string, JsonObject, string | undefined][] = [
  [
    'nothing wrong',
    { spec: { replicas: 2, paused: true, unknown: 1 }, metadata: { labels: { a: 'b' } } },
    undefined,
  ],
  ['nulls', { spec: { replicas: null, template: null } }, undefined],
  [
    'a text for a number',
    { spec: { replicas: '2' } },
    `json: cannot unmarshal string ${into('DeploymentSpec.spec.replicas', 'int32')}`,
  ],
  [
    'a fraction for an integer',
    { spec: { replicas: 1.5 } },
    `json: cannot unmarshal number 1.5 ${into('DeploymentSpec.spec.replicas', 'int32')}`,
  ],
  [
    'a number that is too large',
    { spec: { replicas: 3_000_000_000 } },
    `json: cannot unmarshal number 3000000000 ${into('DeploymentSpec.spec.replicas', 'int32')}`,
  ],
  [
    'a number for a label',
    { metadata: { labels: { a: 1 } } },
    `json: cannot unmarshal number ${into('ObjectMeta.metadata.labels', 'string')}`,
  ],
  [
    'a text for a boolean',
    { spec: { paused: 'yes' } },
    `json: cannot unmarshal string ${into('DeploymentSpec.spec.paused', 'bool')}`,
  ],
  [
    'a list for an object',
    { spec: [] },
    `json: cannot unmarshal array ${into('Deployment.spec', 'v1.DeploymentSpec')}`,
  ],
  [
    'an object for a list',
    podSpec({ containers: {} }),
    `json: cannot unmarshal object ${into('PodSpec.spec.template.spec.containers', '[]v1.Container')}`,
  ],
  [
    'a field of an item',
    podSpec({ containers: [{ name: 'a' }, { name: 1 }] }),
    `json: cannot unmarshal number ${into('Container.spec.template.spec.containers.name', 'string')}`,
  ],
  [
    'a text for a map',
    podSpec({ nodeSelector: 'x' }),
    `json: cannot unmarshal string ${into('PodSpec.spec.template.spec.nodeSelector', 'map[string]string')}`,
  ],
  [
    'numbers for quantities and ports',
    podSpec({ containers: [{ resources: { limits: { cpu: 1 } } }] }),
    undefined,
  ],
  [
    'a bad time',
    { metadata: { creationTimestamp: 'soon' } },
    'parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"',
  ],
];

describe('reading an object of a built-in kind', () => {
  it.each(cases)('%s', (_, object, problem) => {
    expect(decodeProblem(object, deployment)).toBe(problem);
  });

  it('of a custom kind looks at the metadata only', () => {
    expect(metadataProblem({ spec: 1, metadata: { labels: { a: 1 } } })).toBe(
      `json: cannot unmarshal number ${into('ObjectMeta.labels', 'string')}`,
    );
    expect(metadataProblem({ spec: 1, metadata: { labels: { a: 'b' } } })).toBeUndefined();
  });
});
