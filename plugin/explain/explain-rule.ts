import type { CatalogueEntry } from '../../core/rules/catalogue/entry.ts';
import { catalogue } from '../../core/rules/catalogue.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { findRule } from './find-rule.ts';
import { renderRule } from './render-rule.ts';
import { ruleDocument, ruleListDocument } from './rule-document.ts';

const renderList = async (entries: readonly CatalogueEntry[]): Promise<string> => {
  const { createTable } = await import('../output/table.ts');
  const rows = entries.map(({ code, level, title }) => [code, level, title]);
  return createTable().format([['CODE', 'LEVEL', 'TITLE'], ...rows]);
};

/** `kubectl dr explain [CODE]`. No cluster is asked. */
export const explainRule = async (
  flags: { code?: string; output?: string },
  io: Pick<Io, 'stdout'>,
): Promise<ExitCode> => {
  const rule = flags.code === undefined ? undefined : findRule(flags.code);
  const all = Object.values(catalogue);
  if (flags.output === undefined) {
    io.stdout.write(rule === undefined ? await renderList(all) : renderRule(rule));
    return exitCode.ok;
  }
  const { formatDocument } = await import('../output/document.ts');
  const document = rule === undefined ? ruleListDocument(all) : ruleDocument(rule);
  io.stdout.write(await formatDocument(document, flags.output));
  return exitCode.ok;
};
