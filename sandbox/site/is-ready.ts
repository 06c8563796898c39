import { type RequestOptions, request } from 'node:https';
import { host } from './free-port.ts';

/** Whether a server on this machine says at `/readyz` that it is ready, within two seconds. */
export const isReady = (options: RequestOptions & { port: number }): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = request({ host, path: '/readyz', timeout: 2_000, agent: false, ...options }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    probe.once('timeout', () => probe.destroy());
    probe.once('error', () => resolve(false));
    probe.end();
  });
