import { request } from 'node:http';
import { DrError } from '../core/model/error.ts';
import type { ControlCall, ControlCalls, ControlFailure } from './control-protocol.ts';

/** The codes of a socket behind which nobody listens any more. */
const nobodyThere = new Set(['ENOENT', 'ECONNREFUSED']);

const unreachable = (thrown: NodeJS.ErrnoException): DrError =>
  new DrError({
    code: nobodyThere.has(thrown.code ?? '') ? 'SandboxNotRunning' : 'SandboxUnreachable',
    message: nobodyThere.has(thrown.code ?? '')
      ? 'no sandbox runs'
      : `the sandbox does not answer: ${thrown.message}`,
    hint: 'start one with kubectl dr sandbox up',
    cause: thrown,
  });

const failureOf = (text: string): DrError => {
  try {
    const { code, message, hint } = JSON.parse(text) as ControlFailure;
    return new DrError({ code, message, ...(hint !== undefined && { hint }) });
  } catch {
    return new DrError({
      code: 'SandboxUnreachable',
      message: `the sandbox answered: ${text.slice(0, 200)}`,
    });
  }
};

/** One call over the control socket of a sandbox. Rejects with the `DrError` that the sandbox answered. */
export const callControl = <Name extends ControlCall>(
  socketPath: string,
  name: Name,
  body: ControlCalls[Name]['request'],
  options: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<ControlCalls[Name]['answer']> =>
  new Promise((resolve, reject) => {
    const signals = [AbortSignal.timeout(options.timeoutMs), ...(options.signal ? [options.signal] : [])];
    const call = request(
      {
        socketPath,
        path: `/${name}`,
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        signal: AbortSignal.any(signals),
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.once('error', reject);
        answer.once('end', () => {
          const text = Buffer.concat(parts).toString();
          if (answer.statusCode === 200) resolve(JSON.parse(text) as ControlCalls[Name]['answer']);
          else reject(failureOf(text));
        });
      },
    );
    call.once('error', (thrown) => reject(unreachable(thrown)));
    call.end(JSON.stringify(body));
  });
