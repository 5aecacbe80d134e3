import type { Socket } from 'node:net';
import { type AddressCap, clientAddress, type OriginGuard, type TrustedProxies } from '@giggityflix/http';
import type { RateLimiter } from '@giggityflix/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import type { Request, Response } from 'graphql-sse';
import type { RequestContext } from 'graphql-sse/lib/use/fastify';
import { type Engine, NOT_READY } from '../../engine/engine.ts';
import { type ClientError, clientError, type Result } from '../../errors.ts';
import type { Forwarding } from '../../subgraphs/header-rules.ts';
import { askingForCost, COST_HEADER, refuseEncoded } from '../http/graphql.ts';
import { answerInParts } from '../incremental.ts';
import { RETRY_SOON, RETRY_STREAM } from '../retry-after.ts';
import type { Admission, Visitor } from '../visitor.ts';
import { createResultStream } from './stream.ts';

type SseRequest = Request<FastifyRequest, RequestContext>;

/** Where SSE is served: for clients without WebSocket. */
const STREAM_PATH = '/graphql/stream';

/** Subscriptions, and other operations, as server-sent events (the "distinct connections" mode of graphql-sse). */
export function registerEventStream(
  app: FastifyInstance,
  options: {
    engine: Engine;
    admission: Admission;
    origins: OriginGuard;
    rates: RateLimiter;
    forwarding: Forwarding | null;
    /** What one address has open, sockets included; more are refused with 429. */
    streams: AddressCap;
    trustedProxies: TrustedProxies;
  },
): void {
  const visitors = new WeakMap<FastifyRequest, Visitor>();
  const streaming = new Set<Socket>();
  const handlerOf = async () => {
    const { createHandler } = await import('graphql-sse/lib/use/fastify');
    return createHandler({
      // No token: every request is a stream of its own.
      authenticate: () => null,
      onSubscribe: (request, params) => subscribe(options, visitors, request, params) as never,
    });
  };
  let handler: ReturnType<typeof handlerOf> | undefined;

  const serve = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!options.engine.hasSchema())
      return reply
        .code(503)
        .header('retry-after', RETRY_SOON)
        .send({ errors: [NOT_READY] });
    const address = clientAddress(request, options.trustedProxies);
    const visitor = await options.admission.admit({
      authorization: request.headers.authorization,
      address,
      requestId: request.id,
      forwarded: options.forwarding?.pick(request.headers),
    });
    if (!visitor)
      return reply
        .code(401)
        .send({ errors: [clientError('UNAUTHENTICATED', 'the credentials are not valid')] });
    const waitSeconds = options.rates.take(visitor.key);
    if (waitSeconds !== null)
      return reply
        .code(429)
        .header('retry-after', waitSeconds)
        .send({ errors: [clientError('RATE_LIMITED', 'too many requests: slow down')] });
    const leave = options.streams.enter(address);
    if (!leave)
      return reply
        .code(429)
        .header('retry-after', RETRY_STREAM)
        .send({ errors: [clientError('TOO_MANY_STREAMS', 'this address has too many streams open')] });
    reply.raw.once('close', leave);
    visitors.set(request, visitor);
    handler ??= handlerOf();
    const allowed = options.origins.allow(request.headers.origin);
    // The library writes the head itself, past the hooks that add this to other answers.
    if (allowed) reply.raw.setHeader('access-control-allow-origin', allowed);
    const { socket } = request.raw;
    streaming.add(socket);
    reply.raw.once('close', () => streaming.delete(socket));
    await (await handler)(request, reply);
    return reply;
  };
  // A stream that is cut makes its client reconnect, elsewhere; one that is completed would not.
  app.addHook('preClose', async () => {
    for (const socket of streaming) socket.destroy();
  });
  app.get(STREAM_PATH, serve);
  app.post(STREAM_PATH, { onRequest: refuseEncoded }, serve);
}

async function subscribe(
  { engine, admission }: { engine: Engine; admission: Admission },
  visitors: WeakMap<FastifyRequest, Visitor>,
  request: SseRequest,
  params: object,
): Promise<AsyncGenerator<Result> | ExecutionResult | Response> {
  const visitor = visitors.get(request.raw)!;
  const { context } = visitor;
  const asksForCost = request.raw.headers[COST_HEADER] !== undefined;
  const opened = await engine.open(asksForCost ? askingForCost(params) : params, visitor);
  if (opened.kind === 'refused') return refused(opened.errors);
  // A page may make a browser send a GET request to any address, without saying from where.
  if (opened.request.operation.kind === 'mutation' && request.method === 'GET') return MUTATION_BY_GET;
  if (opened.request.operation.deferred)
    return createResultStream(
      ({ next, completed }) => {
        const stop = answerInParts(engine, opened, context, {
          format: 'v0.2',
          sink: {
            whole(result) {
              next(result, '');
              completed();
            },
            payload(json, hasNext, payload) {
              next(payload, json);
              if (!hasNext) completed();
            },
          },
        });
        return () => stop();
      },
      (then) => admission.atEnd(visitor, then),
    );
  if (opened.request.operation.kind !== 'subscription')
    return (await engine.run(opened, context)) as ExecutionResult;
  return createResultStream(
    (subscriber) => engine.subscribe(opened, context, subscriber),
    (then) => admission.atEnd(visitor, then),
  );
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };
const MUTATION_BY_GET: Response = [
  JSON.stringify({ errors: [clientError('METHOD_NOT_ALLOWED', 'send mutations by POST')] }),
  { status: 405, statusText: 'Method Not Allowed', headers: { ...JSON_HEADERS, allow: 'POST' } },
];

function refused(errors: readonly ClientError[]): Response {
  return [JSON.stringify({ errors }), { status: 400, statusText: 'Bad Request', headers: JSON_HEADERS }];
}
