import { clientAddress, OriginRefusal, type TrustedProxies } from '@giggityflix/http';
import type { RateLimiter } from '@giggityflix/kernel';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine, Opened } from '../../engine/engine.ts';
import type { GraphQLParams } from '../../engine/operation/resolve.ts';
import { type ClientError, clientError, type Result } from '../../errors.ts';
import type { Forwarding } from '../../subgraphs/header-rules.ts';
import { incrementalFormat, subscriptionFormat, takesParts } from '../multipart/accept.ts';
import { answerWithParts } from '../multipart/parts.ts';
import type { MultipartResponses } from '../multipart/responses.ts';
import { answerWithEvents } from '../multipart/subscription.ts';
import { RETRY_SOON, RETRY_STREAM } from '../retry-after.ts';
import type { Admission, Visitor } from '../visitor.ts';
import { createCachePolicy } from './cache-control.ts';
import { compress } from './compress.ts';
import { GRAPHQL_RESPONSE, JSON_TYPE, negotiate } from './media.ts';

export interface GraphQLRouteOptions {
  engine: Engine;
  admission: Admission;
  rates: RateLimiter;
  /** Null where no rules pass headers on. */
  forwarding: Forwarding | null;
  trustedProxies: TrustedProxies;
  responses: MultipartResponses;
  /** Called for every answered request. */
  onAnswered(entry: AccessEntry): void;
}

/** A line of the access log. */
export interface AccessEntry {
  requestId: string;
  operation: string;
  user: string | null;
  status: number;
  ms: number;
  errors: readonly string[];
}

const GRAPHQL_PATH = '/graphql';

/** GraphQL over HTTP: POST for all operations, GET for queries. */
export function registerGraphQL(app: FastifyInstance, options: GraphQLRouteOptions): void {
  const errorHandler = (
    error: FastifyError | OriginRefusal,
    request: FastifyRequest,
    reply: FastifyReply,
  ) => {
    if (error instanceof OriginRefusal)
      return refuse(reply, request, 403, [clientError('CSRF_PREVENTED', error.message)]);
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    const reported =
      status >= 500
        ? clientError('INTERNAL_SERVER_ERROR', 'the request could not be completed')
        : clientError('BAD_REQUEST', error.message);
    return refuse(reply, request, status, [reported]);
  };
  app.post(GRAPHQL_PATH, { errorHandler, onRequest: refuseEncoded }, (request, reply) => {
    // A web page may send other types without a preflight request.
    if (!request.headers['content-type']?.toLowerCase().startsWith(JSON_TYPE))
      return refuse(reply, request, 415, [clientError('BAD_REQUEST', `send the request as ${JSON_TYPE}`)]);
    return answer(options, request, reply, request.body);
  });
  app.get(GRAPHQL_PATH, { errorHandler }, (request, reply) => {
    const params = paramsOfQueryString(request.query as Record<string, unknown>);
    return answer(options, request, reply, params);
  });
  app.route({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: GRAPHQL_PATH,
    handler: (request, reply) => {
      reply.header('allow', 'GET, POST');
      return refuse(reply, request, 405, [clientError('METHOD_NOT_ALLOWED', 'use GET or POST')]);
    },
  });
}

/** Bodies are read as they come: unpacking one could take any amount of memory. */
export function refuseEncoded(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const encoding = request.headers['content-encoding']?.toLowerCase();
  if (encoding === undefined || encoding === 'identity') {
    done();
    return;
  }
  reply.header('accept-encoding', 'identity');
  refuse(reply, request, 415, [clientError('BAD_REQUEST', 'send the request without a Content-Encoding')]);
}

async function answer(
  options: GraphQLRouteOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  params: unknown,
): Promise<FastifyReply> {
  const startedAt = performance.now();
  const { headers } = request;
  const type = negotiate(headers.accept) ?? (takesParts(headers.accept) ? JSON_TYPE : null);
  if (type === null)
    return refuse(reply, request, 406, [
      clientError('NOT_ACCEPTABLE', `answers are ${GRAPHQL_RESPONSE} or ${JSON_TYPE}`),
    ]);
  const visitor = await options.admission.admit({
    authorization: headers.authorization,
    address: clientAddress(request, options.trustedProxies),
    requestId: request.id,
    forwarded: options.forwarding?.pick(headers),
  });
  if (!visitor)
    return refuse(reply, request, 401, [clientError('UNAUTHENTICATED', 'the credentials are not valid')]);
  const waitSeconds = options.rates.take(visitor.key);
  if (waitSeconds !== null) {
    reply.header('retry-after', waitSeconds);
    return refuse(reply, request, 429, [clientError('RATE_LIMITED', 'too many requests: slow down')]);
  }
  if (typeof params !== 'object' || params === null || Array.isArray(params))
    return refuse(reply, request, 400, [
      clientError(
        'BAD_REQUEST',
        Array.isArray(params) ? 'batches are not served' : 'the body must be an object',
      ),
    ]);
  const asksForCost = headers[COST_HEADER] !== undefined;
  const opening = options.engine.open(asksForCost ? askingForCost(params) : params, visitor);
  const opened = opening instanceof Promise ? await opening : opening;
  const exchange = { request, reply, visitor };
  if (opened.kind === 'ready' && opened.request.operation.kind === 'subscription') {
    const events = subscriptionFormat(headers.accept);
    if (events && answerWithEvents(options, exchange, opened, events)) return reply;
    if (events) return refuseStream(reply, request);
  }
  const unfit = unfitForHttp(opened, request.method, type);
  if (unfit) {
    if (unfit.status === 405) reply.header('allow', 'POST');
    if (unfit.status === 503) reply.header('retry-after', RETRY_SOON);
    const { retryAfterSeconds } = unfit.errors[0]?.extensions ?? {};
    if (typeof retryAfterSeconds === 'number') reply.header('retry-after', retryAfterSeconds);
    return refuse(reply, request, unfit.status, unfit.errors);
  }
  const ready = opened as Opened & { kind: 'ready' };
  const cache = createCachePolicy();
  const format = ready.request.operation.deferred && incrementalFormat(headers.accept);
  const result = format
    ? await answerWithParts(options, exchange, ready, format)
    : await options.engine.run(ready, { ...visitor.context, noteCacheControl: cache.note });
  if (result === 'sent') return reply;
  if (result === 'too many streams') return refuseStream(reply, request);
  const status = statusOf(result, type);
  const { operation } = ready.request;
  reply.code(status).header('content-type', `${type}; charset=utf-8`);
  // Who else may see what not everyone may is not for a cache to decide.
  // An answer with its cost is for those who ask for that.
  // Nor may one made with a client's headers be for others, whose headers a cache does not compare.
  const cacheable =
    !asksForCost &&
    options.forwarding === null &&
    operation.kind === 'query' &&
    !result.errors &&
    !operation.restrictions;
  reply.header('cache-control', cacheable ? cache.header() : 'no-store');
  options.onAnswered(entryOf(request, visitor, operation.name, status, startedAt, result));
  return compress(reply, headers['accept-encoding'], JSON.stringify(result));
}

const TOO_MANY_STREAMS = clientError('TOO_MANY_STREAMS', 'this address has too many streams open');

/** The header that asks for what an operation cost, as `extensions: {"cost": true}` of the request does. */
export const COST_HEADER = 'x-operation-cost';

export function askingForCost(params: GraphQLParams): GraphQLParams {
  const { extensions } = params;
  if (extensions != null && (typeof extensions !== 'object' || Array.isArray(extensions))) return params;
  return { ...params, extensions: { ...extensions, cost: true } };
}

function refuseStream(reply: FastifyReply, request: FastifyRequest): FastifyReply {
  reply.header('retry-after', RETRY_STREAM);
  return refuse(reply, request, 429, [TOO_MANY_STREAMS]);
}

function unfitForHttp(
  opened: Opened,
  method: string,
  type: string,
): { status: number; errors: readonly ClientError[] } | null {
  if (opened.kind === 'refused') {
    const code = opened.errors[0]?.extensions?.code;
    if (code === 'NOT_READY') return { status: 503, errors: opened.errors };
    if (code === 'COST_BUDGET_EXCEEDED') return { status: 429, errors: opened.errors };
    // Apollo's clients retry with the document on this error, and take only 200 for an answer.
    if (code === 'PERSISTED_QUERY_NOT_FOUND') return { status: 200, errors: opened.errors };
    if (code === 'UNAUTHORIZED_FIELD_OR_TYPE')
      return { status: type === GRAPHQL_RESPONSE ? 403 : 200, errors: opened.errors };
    return { status: opened.malformed || type === GRAPHQL_RESPONSE ? 400 : 200, errors: opened.errors };
  }
  const { kind } = opened.request.operation;
  if (kind === 'subscription')
    return {
      status: 400,
      errors: [
        clientError(
          'BAD_REQUEST',
          'subscriptions are served over graphql-ws, as multipart/mixed, and over SSE at /graphql/stream',
        ),
      ],
    };
  if (method === 'GET' && kind === 'mutation')
    return { status: 405, errors: [clientError('METHOD_NOT_ALLOWED', 'mutations need POST')] };
  return null;
}

/** An answer without any data has its status say so to clients that know the newer media type. */
function statusOf(result: Result, type: string): number {
  if (result.data !== null || !result.errors || type === JSON_TYPE) return 200;
  const codes = result.errors.map((error) => error.extensions?.code);
  if (codes.includes('UNAUTHENTICATED')) return 401;
  return codes.includes('FORBIDDEN') || codes.includes('UNAUTHORIZED_FIELD_OR_TYPE') ? 403 : 200;
}

function refuse(
  reply: FastifyReply,
  request: FastifyRequest,
  status: number,
  errors: readonly ClientError[],
): FastifyReply {
  const type = negotiate(request.headers.accept) ?? JSON_TYPE;
  return reply
    .code(status)
    .header('content-type', `${type}; charset=utf-8`)
    .header('cache-control', 'no-store')
    .send(JSON.stringify({ errors }));
}

/** Variables and extensions are JSON in a query string; text that is not JSON stays text, and is refused as such. */
function paramsOfQueryString(query: Record<string, unknown>): GraphQLParams {
  const json = (value: unknown) => {
    if (typeof value !== 'string' || value === '') return undefined;
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  };
  return {
    query: query.query,
    operationName: query.operationName === '' ? undefined : query.operationName,
    variables: json(query.variables),
    extensions: json(query.extensions),
    documentId: query.documentId,
  };
}

function entryOf(
  request: FastifyRequest,
  visitor: Visitor,
  name: string | null,
  status: number,
  startedAt: number,
  result: Result,
): AccessEntry {
  return {
    requestId: request.id,
    operation: name ?? 'anonymous',
    user: visitor.identity?.userId ?? null,
    status,
    ms: performance.now() - startedAt,
    errors: result.errors?.map((error) => String(error.extensions?.code ?? error.message)) ?? [],
  };
}
