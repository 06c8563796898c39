import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { assertPortIsFree, freePorts } from '../../../sandbox/site/free-port.ts';

const listening = async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
};

it('finds ports that nobody has, no two the same', async () => {
  const ports = await freePorts([0, 0, 0]);
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) await assertPortIsFree(port);
});

it('prefers the port of the run before, and takes another one where somebody has it', async () => {
  const { port, close } = await listening();
  const [instead] = await freePorts([port]);
  expect(instead).not.toBe(port);
  await expect(assertPortIsFree(port)).rejects.toMatchObject({ code: 'PortInUse' });
  await close();
  expect(await freePorts([port])).toEqual([port]);
});
