/** RFC 3339 in whole seconds, as metav1.Time stands in objects. */
export const rfc3339 = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
