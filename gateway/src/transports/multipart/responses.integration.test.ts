import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { createAddressCap, parseTrustedProxies } from '@giggityflix/http';
import { createMetrics, type Registry } from '@giggityflix/telemetry';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGatewayMetrics } from '../../metrics.ts';
import { createMultipartResponses, MULTIPART, type PartStream } from './responses.ts';

let app: FastifyInstance;
let url: string;
let opened: PartStream[];
let closed: number;
let registry: Registry;

beforeEach(async () => {
  app = fastify({ forceCloseConnections: true });
  registry = createMetrics('gateway', { processMetrics: false });
  opened = [];
  closed = 0;
  const responses = createMultipartResponses(app, {
    streams: createAddressCap(1),
    trustedProxies: parseTrustedProxies([]),
    metrics: createGatewayMetrics(registry),
    heartbeatMs: 5,
  });
  app.get('/:beat', (request, reply) => {
    const parts = responses.open(request, reply, {
      contentType: MULTIPART,
      heartbeat: request.url === '/beating' ? '{}' : null,
      onClose: () => {
        closed += 1;
      },
    });
    if (!parts) return reply.code(429).send();
    opened.push(parts);
    return reply;
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => app.close());

const closes = (count: number) => expect.poll(() => closed, { timeout: 60_000 }).toBe(count);

it('a response that is quiet has parts that say nothing', async () => {
  const response = await fetch(`${url}/beating`);
  expect(response.status).toBe(200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (text.split('\r\n\r\n{}\r\n--graphql').length < 4) {
    const { done, value } = await reader.read();
    expect(done).toBe(false);
    text += value;
  }
  opened[0]!.send('{"a":1}');
  opened[0]!.end();
  opened[0]!.send('{"after":"the end"}');
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) text += value;
  const bodies = text.split('\r\n--graphql').map((part) => part.split('\r\n\r\n')[1]);
  expect(new Set(bodies.slice(1, -2))).toEqual(new Set(['{}']));
  expect(bodies.slice(-2)).toEqual(['{"a":1}', undefined]);
  expect(text.endsWith('--graphql--\r\n')).toBe(true);
  await closes(1);
});

it('a client that leaves makes room for another from its address', async () => {
  const response = await fetch(`${url}/quiet`);
  expect((await fetch(`${url}/quiet`)).status).toBe(429);
  await response.body!.cancel();
  await closes(1);
  const again = await fetch(`${url}/quiet`);
  expect(again.status).toBe(200);
  await again.body!.cancel();
  await closes(2);
});

it('a client that does not read is cut off', async () => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => {});
  socket.write(`GET /quiet HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
  await once(socket, 'data');
  socket.pause();
  const part = JSON.stringify('x'.repeat(100_000));
  for (let sent = 0; closed === 0; sent++) {
    expect(sent).toBeLessThan(1_000);
    opened[0]!.send(part);
    await setImmediate();
  }
  expect(await registry.metrics()).toMatch(/gateway_slow_readers_total\S* 1/);
  socket.destroy();
});
