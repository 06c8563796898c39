import { resources } from '../../core/model/resource.ts';
import { usageError } from '../usage-error.ts';

const kinds = ['operation', 'operations', 'drop'];

/** The name of an operation, typed as it is or as `-o name` prints it: `operation.kubectl-dr.dev/NAME`. Throws a usage error. */
export const parseOperationName = (word: string): string => {
  const [kind = '', name, ...more] = word.includes('/') ? word.split('/') : ['operation', word];
  const short = kind.toLowerCase().replace(`.${resources.operations.group}`, '');
  if (name && more.length === 0 && kinds.includes(short)) return name;
  throw usageError(`"${word}" is no name of an operation`, 'see "kubectl dr history" for names');
};
