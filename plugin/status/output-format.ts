import type { JsonPathTemplate } from '../output/json-path.ts';
import { usageError } from '../usage-error.ts';

/** How status prints. */
export type OutputFormat =
  | { readonly kind: 'table'; readonly wide: boolean }
  | { readonly kind: 'name' }
  | { readonly kind: 'document'; readonly format: 'json' | 'yaml' }
  | { readonly kind: 'jsonpath'; readonly template: JsonPathTemplate };

const known = 'wide, json, yaml, name, jsonpath=TEMPLATE';

/** Understands `-o`. Throws a usage error before anything was asked of a cluster. */
export const parseOutputFormat = async (text: string | undefined): Promise<OutputFormat> => {
  switch (text) {
    case undefined:
    case 'table':
      return { kind: 'table', wide: false };
    case 'wide':
      return { kind: 'table', wide: true };
    case 'name':
      return { kind: 'name' };
    case 'json':
    case 'yaml':
      return { kind: 'document', format: text };
    default: {
      const [, template] = /^jsonpath=(.+)$/s.exec(text) ?? [];
      if (template === undefined)
        throw usageError(`unable to match a printer to the output format "${text}"`, `allowed are ${known}`);
      const { parseJsonPath } = await import('../output/json-path.ts');
      return { kind: 'jsonpath', template: parseJsonPath(template) };
    }
  }
};
