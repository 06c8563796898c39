import { resources } from '../../../core/model/resource.ts';
import type { Kind } from '../kind.ts';
import { builtInKind } from './built-in-kind.ts';

/** ServiceAccounts. */
export const serviceAccounts: Kind = builtInKind(resources.serviceAccounts, { shortNames: ['sa'] });
