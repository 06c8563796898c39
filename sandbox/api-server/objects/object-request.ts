import type { ApiRequest } from '../http/exchange.ts';
import type { Machinery } from './machinery.ts';
import type { Target } from './target.ts';

/** One request on objects. */
export type ObjectRequest = { machinery: Machinery; target: Target; request: ApiRequest };
