/**
 * `metav1.MicroTime`: six digits of a second, as Leases and Events hold it. The server refuses three
 * (recorded from kube-apiserver 1.36).
 */
export const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');
