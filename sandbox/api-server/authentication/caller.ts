/** Who sends a request, as authentication found out. */
export type Caller = {
  name: string;
  groups: readonly string[];
  uid?: string;
  extra?: Record<string, readonly string[]>;
};

/** `system:authenticated` is every caller but the anonymous one. */
export const authenticatedGroup = 'system:authenticated';

/** Who sends no credentials. It may ask for health and version only. */
export const anonymous: Caller = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
