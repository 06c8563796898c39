import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { Reply, StreamWriter } from '../../../../sandbox/api-server/http/exchange.ts';
import { respond } from '../../../../sandbox/api-server/http/respond.ts';

const streamOf = (open: (writer: StreamWriter) => () => void): Reply => ({
  type: 'stream',
  status: 200,
  contentType: 'text/plain',
  open,
});

test('what a stream is told between its end and its close is dropped, and harms nobody', async () => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    response.once('error', closed.reject);
    const reply = streamOf((writer) => {
      writer.write('told\n');
      writer.end();
      writer.write('too late\n');
      return closed.resolve;
    });
    respond(request, response, reply);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(await answer.text()).toBe('told\n');
  await closed.promise;
  server.close();
});
