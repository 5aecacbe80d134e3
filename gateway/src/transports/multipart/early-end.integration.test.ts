import { createAddressCap, parseTrustedProxies } from '@giggityflix/http';
import { createMetrics } from '@giggityflix/telemetry';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, it } from 'vitest';
import type { Engine, Opened } from '../../engine/engine.ts';
import { createGatewayMetrics } from '../../metrics.ts';
import type { Admission, Visitor } from '../visitor.ts';
import { answerWithParts } from './parts.ts';
import { createMultipartResponses, type MultipartResponses } from './responses.ts';
import { answerWithEvents } from './subscription.ts';

const opened = {} as Opened & { kind: 'ready' };
const visitor = { identity: null, context: {} } as Visitor;

let app: FastifyInstance;
afterEach(() => app.close());

function open(): MultipartResponses {
  app = fastify({ forceCloseConnections: true });
  return createMultipartResponses(app, {
    streams: createAddressCap(5),
    trustedProxies: parseTrustedProxies([]),
    metrics: createGatewayMetrics(createMetrics('gateway', { processMetrics: false })),
  });
}

/** Counts what is watched for the end of credentials. */
function admitting() {
  const ends = new Set<() => void>();
  const admission = {
    atEnd(_visitor: Visitor, then: () => void) {
      ends.add(then);
      return () => ends.delete(then);
    },
  };
  return { ends, admission: admission as unknown as Admission };
}

it('a subscription is not begun for a client that has left', async () => {
  const responses = open();
  const { ends, admission } = admitting();
  let subscribed = 0;
  const engine = { subscribe: () => ++subscribed } as unknown as Engine;
  let answered = 0;
  app.get('/', (request, reply) => {
    request.raw.socket.destroy();
    expect(
      answerWithEvents({ engine, admission, responses }, { request, reply, visitor }, opened, 'apollo'),
    ).toBe(true);
    answered += 1;
    return reply;
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  await fetch(url).catch(() => {});
  await expect.poll(() => answered).toBe(1);
  expect(subscribed).toBe(0);
  expect(ends.size).toBe(0);
});

it('an answer in parts ends, and is watched no more, when its client has left before the first', async () => {
  const responses = open();
  const { ends, admission } = admitting();
  let signal: AbortSignal | undefined;
  const engine = {
    runInParts(...[, , sink, leaving]: Parameters<Engine['runInParts']>) {
      signal = leaving;
      setImmediate(() => sink.first({ data: {} }, [{ id: '0', path: [], label: undefined }]));
    },
  } as unknown as Engine;
  app.get('/', async (request, reply) => {
    const answer = answerWithParts(
      { engine, admission, responses },
      { request, reply, visitor },
      opened,
      'v0.2',
    );
    reply.raw.removeAllListeners('close');
    request.raw.socket.destroy();
    await answer;
    return reply;
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  await fetch(url).catch(() => {});
  await expect.poll(() => signal?.aborted).toBe(true);
  expect(ends.size).toBe(0);
});

it('credentials that end before the first part end the request', async () => {
  const responses = open();
  const { ends, admission } = admitting();
  let signal: AbortSignal | undefined;
  const engine = {
    runInParts(...[, , , leaving]: Parameters<Engine['runInParts']>) {
      signal = leaving;
    },
  } as unknown as Engine;
  app.get('/', async (request, reply) => {
    const answer = answerWithParts(
      { engine, admission, responses },
      { request, reply, visitor },
      opened,
      'v0.2',
    );
    for (const end of ends) end();
    return answer;
  });
  const response = await app.inject('/');
  expect(response.json()).toMatchObject({
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    data: null,
  });
  expect(signal!.aborted).toBe(true);
  expect(ends.size).toBe(0);
});
