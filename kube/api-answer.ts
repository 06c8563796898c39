import type { IncomingHttpHeaders } from 'node:http';
import type { StatusBody } from '../core/model/kubernetes-object.ts';
import { ApiError } from './api-error.ts';

const parseStatus = (text: string): StatusBody | undefined => {
  if (!text.startsWith('{')) return undefined;
  try {
    const body: unknown = JSON.parse(text);
    const isStatus = typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status';
    return isStatus ? (body as StatusBody) : undefined;
  } catch {
    return undefined;
  }
};

/** Seconds to wait as the server asks; undefined where it does not. A date counts as one second: no server of ours sends one. */
export const retryAfterOf = (headers: IncomingHttpHeaders): number | undefined => {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const seconds = Number(value);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : 1;
};

const hints: Readonly<Record<number, string>> = {
  401: 'log in again, or check the user of this context in the kubeconfig',
  403: 'ask for the permission, or act as another user with --as',
};

const plainMessage = (status: number, text: string): string => {
  const line = text.trim().split('\n')[0] ?? '';
  return line === ''
    ? `the server answered ${status}`
    : `the server answered ${status}: ${line.slice(0, 200)}`;
};

/** The `ApiError` of an answer that is no success: from its Status, or from what else the body says. */
export const failureOf = (
  answer: { status: number; headers: IncomingHttpHeaders; body: string },
  path: string,
): ApiError => {
  const { status, headers } = answer;
  const body = parseStatus(answer.body);
  const common = { httpStatus: status, hint: hints[status], retryAfterSeconds: retryAfterOf(headers) };
  if (body === undefined && status === 404) {
    return new ApiError({
      ...common,
      reason: 'ResourceNotServed',
      message: `the server could not find the requested resource (${path.split('?')[0]})`,
      hint: 'are the CRDs installed in this cluster?',
    });
  }
  return new ApiError({
    ...common,
    message: body?.message || plainMessage(status, answer.body),
    reason: body?.reason,
    body,
    retryAfterSeconds: common.retryAfterSeconds ?? body?.details?.retryAfterSeconds,
  });
};

/** The texts of `Warning: 299 - "text"` headers. */
export const warningsOf = (headers: IncomingHttpHeaders): string[] => {
  const value: unknown = headers['warning'];
  const line = Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : '';
  return [...line.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? '').replaceAll(/\\(.)/g, '$1'),
  );
};
