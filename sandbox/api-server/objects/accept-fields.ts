import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { failures } from '../http/failure.ts';
import type { Kind } from '../kind.ts';
import { decodeProblem, metadataProblem } from '../schema/decode.ts';
import type { Machinery, WriteContext } from './machinery.ts';

const asText = (path: string): string => `unknown field ${JSON.stringify(path)}`;

/** How a request that cannot be read is refused: a patch differs from a whole object. */
export type DecodeRefusal = (kind: Kind, problem: string) => Error;

/** Refuses a whole object (400). */
export const refuseObject: DecodeRefusal = ({ resource }, problem) =>
  failures.badRequest(
    `${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: ${problem}`,
  );

/** Refuses a patch (422) whose result is `patched`. */
export const refusePatch =
  (patched: string): DecodeRefusal =>
  (_kind, problem) =>
    failures.invalidPatch([
      {
        reason: 'FieldValueInvalid',
        field: 'patch',
        message: `Invalid value: ${JSON.stringify(patched)}: ${problem}`,
      },
    ]);

/** Why Go could not read the object, if so. */
const unreadable = (kind: Kind, object: KubernetesObject): string | undefined =>
  kind.strategy.decodeError?.(object) ??
  (kind.custom ? metadataProblem(object) : decodeProblem(object, kind.schema));

/** Drops the fields that the kind does not know: silently, with a warning, or with a refusal, as the request asks. */
export const acceptFields = (
  { compile }: Machinery,
  kind: Kind,
  object: KubernetesObject,
  { options, warn }: Pick<WriteContext, 'options' | 'warn'>,
  refuse: DecodeRefusal = refuseObject,
): KubernetesObject => {
  const problem = unreadable(kind, object);
  if (problem !== undefined) throw refuse(kind, problem);
  const { object: known, unknown } = compile(kind.schema).prune(object);
  if (unknown.length === 0 || options.fieldValidation === 'Ignore') return known;
  if (options.fieldValidation === 'Strict')
    throw refuse(kind, `strict decoding error: ${unknown.map(asText).join(', ')}`);
  for (const path of unknown) warn(asText(path));
  return known;
};
