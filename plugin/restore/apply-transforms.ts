import jsonPatch, { type Operation } from 'fast-json-patch';
import { objectFault } from '../../core/backup/object-fault.ts';
import { DrError, messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { mergePatch } from '../../core/restore/merge-patch.ts';
import { nameOf, nameText } from '../../core/restore/object-name.ts';
import { forbiddenChange, isMeant, type TransformRule } from '../../core/restore/transform-rule.ts';
import { oneLine } from '../../core/rules/one-line.ts';

// The package is CommonJS: Node finds no named exports in it.
const { applyPatch } = jsonPatch;

const failure = ({ name }: TransformRule, object: KubernetesObject, why: string, hint: string): DrError =>
  new DrError({
    code: 'TransformFailed',
    message: oneLine(`rule "${name}" of --transform cannot change ${nameText(nameOf(object))}: ${why}`, 400),
    hint,
  });

/** The text of fast-json-patch goes on with the whole document, in which secrets may be. */
const firstLine = (text: string): string => text.split('\n')[0] ?? '';

const applyJsonPatch = (rule: TransformRule, object: KubernetesObject): unknown => {
  try {
    // Checked, on a copy, and never through a prototype.
    return applyPatch(object, (rule.jsonPatch ?? []) as Operation[], true, false, true).newDocument;
  } catch (error) {
    throw failure(rule, object, firstLine(messageOf(error)), 'correct the rule or what it matches');
  }
};

const applyRule = (object: KubernetesObject, rule: TransformRule): KubernetesObject => {
  if (!isMeant(rule, object)) return object;
  const patched = applyJsonPatch(rule, object);
  const merged = rule.mergePatch === undefined ? patched : mergePatch(patched, rule.mergePatch);
  const fault = objectFault(merged);
  if (fault !== undefined) throw failure(rule, object, `it would be no object: ${fault}`, 'correct the rule');
  const field = forbiddenChange(object, merged);
  if (field === undefined) return merged as KubernetesObject;
  const hint = field === 'metadata.namespace' ? 'use --map-namespace' : 'take that change out of the rule';
  throw failure(rule, object, `it may not change ${field}`, hint);
};

/** Changes objects by all rules that are about them, in their order. The function throws a `DrError` that names rule and object. */
export const transformBy =
  (rules: readonly TransformRule[]) =>
  (object: KubernetesObject): KubernetesObject =>
    rules.reduce(applyRule, object);
