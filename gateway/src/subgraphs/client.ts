import { serviceTokenHeader } from '@giggityflix/http';
import { createUpstream, type HttpAnswer, type TransportError } from '@giggityflix/http/upstream';
import { type Span, startSpan } from '@giggityflix/telemetry';
import { type ClientError, clientError } from '../errors.ts';
import type { GatewayMetrics } from '../metrics.ts';
import { readErrors } from './answer.ts';
import type { ForwardedHeaders, Forwarding } from './header-rules.ts';
import { parseJson } from './json.ts';
import type { SubgraphOperation } from './operation.ts';
import type { ShownErrors } from './shown-errors.ts';

/** What of a client's request travels on to the subgraphs. */
export interface SubgraphRequestContext {
  /** The client's `Authorization` header, as it came. */
  readonly authorization: string | undefined;
  readonly requestId: string;
  /** The trace the request belongs to (W3C Trace Context). */
  readonly traceparent: string | undefined;
  /** What of the client's other headers rules pass on. */
  readonly forwarded?: ForwardedHeaders | undefined;
  /** Never answered from a fetch that began earlier: an event's completion must see what the event reports. */
  readonly fresh?: boolean;
  /** Called with the `Cache-Control` of every answer (null when there was none). */
  noteCacheControl?(header: string | null): void;
}

/** A subgraph's answer. Without an answer, `data` is null and `errors` says why. */
export interface SubgraphAnswer {
  data: unknown;
  errors: readonly ClientError[];
}

/** The subgraphs of one graph. */
export interface SubgraphClients {
  /** Sends a fetch of a plan with the given body. Never rejects. The answer is the caller's own to change. */
  fetch(fetch: SubgraphOperation, body: string, request: SubgraphRequestContext): Promise<SubgraphAnswer>;
  /** Asks every subgraph for a sign of life; names those that give none, and those that refuse the gateway. */
  unavailable(): Promise<string[]>;
  close(): Promise<void>;
}

/**
 * Fewer failures in a row could be one lost connection's requests; and a restarted subgraph must be used again within a
 * second.
 */
const BREAKER = { failures: 8, openMs: 300 };
/** One retry of a request, and one for ten requests together; a few at any time for quiet hours. */
const RETRY = { most: 1, delayMs: 30, budget: { ratio: 0.1, reserve: 10, most: 100 } };
/** Connections kept to one subgraph. */
const MAX_CONNECTIONS = 64;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** How long a sign of life may take, in milliseconds: probes of orchestrators wait about a second. */
const ALIVE_TIMEOUT_MS = 800;
/** What a proxy before a subgraph answers for one that does not. */
const FAILURES = new Set([502, 503, 504]);

export function createSubgraphClients(options: {
  addresses: readonly { name: string; url: string }[];
  /** How long a subgraph may take to answer, in milliseconds. */
  timeoutMs(name: string): number;
  shownErrors: ShownErrors;
  serviceToken: string | null;
  /** Null where no rules pass headers on. */
  forwarding?: Forwarding | null;
  metrics: GatewayMetrics;
}): SubgraphClients {
  const clients = new Map(
    options.addresses.map((address) => [
      address.name,
      createClient({ ...options, ...address, timeoutMs: options.timeoutMs(address.name) }),
    ]),
  );
  return {
    async fetch(fetch, body, request) {
      const client = clients.get(fetch.subgraph);
      if (!client) return failure(unavailable(fetch.subgraph, 'is not known'));
      const answer = await client.fetch(fetch, body, request);
      // Who asks after a mutation must not be answered from what was read before it.
      if (fetch.mutation) for (const other of clients.values()) other.stopSharing();
      return answer;
    },
    async unavailable() {
      const problems = await Promise.all([...clients.values()].map((client) => client.problem()));
      return problems.filter((problem) => problem !== null);
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

type Outcome = HttpAnswer | ClientError;

function createClient(options: {
  name: string;
  url: string;
  timeoutMs: number;
  shownErrors: ShownErrors;
  serviceToken: string | null;
  forwarding?: Forwarding | null;
  metrics: GatewayMetrics;
}) {
  const { name, serviceToken, forwarding = null } = options;
  const credential = serviceTokenHeader(serviceToken);
  const { hostname } = new URL(options.url);
  const upstream = createUpstream({
    url: options.url,
    timeoutMs: options.timeoutMs,
    connections: MAX_CONNECTIONS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    breaker: BREAKER,
    retry: RETRY,
    isFailure: (status) => FAILURES.has(status),
  });
  const meter = options.metrics.subgraph(name);
  const inFlight = new Map<string, Promise<Outcome>>();

  const send = async (body: string, mutation: boolean, request: SubgraphRequestContext): Promise<Outcome> => {
    const span = startSpan('POST', {
      kind: 'client',
      service: 'gateway',
      parent: request.traceparent,
      attributes: { 'http.request.method': 'POST', 'peer.service': name, 'server.address': hostname },
    });
    if (!span) return exchange(body, mutation, request, undefined);
    const outcome = await exchange(body, mutation, { ...request, traceparent: span.traceparent }, span);
    if ('status' in outcome) span.set({ 'http.response.status_code': outcome.status });
    else span.fail(String(outcome.extensions?.code));
    span.end();
    return outcome;
  };

  const exchange = async (
    body: string,
    mutation: boolean,
    request: SubgraphRequestContext,
    span: Span | undefined,
  ): Promise<Outcome> => {
    const startedAt = performance.now();
    const outcome = await upstream.post({
      body,
      headers: forwarding
        ? { ...forwarding.of(name, request.forwarded), ...headersOf(request), ...credential }
        : { ...headersOf(request), ...credential },
      // A mutation is only sent again when the subgraph cannot have begun it.
      idempotent: !mutation,
      onRetry() {
        meter.retried();
        span?.event('retry');
      },
    });
    switch (outcome.kind) {
      case 'answered':
        meter.answered(performance.now() - startedAt);
        return outcome.answer;
      case 'refused':
        meter.refused();
        return unavailable(name, 'does not answer');
      case 'failed':
        meter.failed(performance.now() - startedAt);
        return failed(outcome.error);
    }
  };

  const failed = ({ answer, final, message, timedOut }: TransportError): Outcome => {
    // What it says of its trouble is of more use than that it is in trouble.
    if (answer && isResponse(parsed(answer.text, false))) return answer;
    if (final)
      return clientError(
        'SUBGRAPH_INVALID_RESPONSE',
        `the ${name} subgraph gave no answer that can be used: ${message}`,
      );
    return unavailable(name, timedOut ? `did not answer within ${options.timeoutMs} ms` : 'does not answer');
  };

  /** Identical queries of one identity, with equal headers, that are in flight at the same time are one request. */
  const share = (body: string, request: SubgraphRequestContext): Promise<Outcome> => {
    const key = `${request.authorization ?? ''}\n${request.forwarded?.key ?? ''}\n${body}`;
    const running = inFlight.get(key);
    if (running) {
      meter.shared();
      return running;
    }
    const sent = send(body, false, request).finally(() => {
      if (inFlight.get(key) === sent) inFlight.delete(key);
    });
    inFlight.set(key, sent);
    return sent;
  };

  return {
    async fetch(
      fetch: SubgraphOperation,
      body: string,
      request: SubgraphRequestContext,
    ): Promise<SubgraphAnswer> {
      const outcome = await (fetch.mutation || request.fresh
        ? send(body, fetch.mutation, request)
        : share(body, request));
      if (!('status' in outcome)) return failure(outcome);
      request.noteCacheControl?.(outcome.cacheControl);
      const { data, errors } = readAnswer(name, outcome, fetch.lossless);
      return { data, errors: options.shownErrors(name, errors, request.requestId) };
    },
    stopSharing: () => inFlight.clear(),
    async problem(): Promise<string | null> {
      const headers = { 'content-type': 'application/json', ...credential };
      const answered = upstream.probe({ body: '{"query":"{__typename}"}', headers }).then(
        ({ status }) => {
          if (status === 403) return `${name} (it refuses the gateway’s SERVICE_TOKEN)`;
          return status < 500 ? null : name;
        },
        () => name,
      );
      const timeout = new Promise<string>((resolve) => setTimeout(resolve, ALIVE_TIMEOUT_MS, name).unref());
      return Promise.race([answered, timeout]);
    },
    close: () => upstream.close(),
  };
}

function headersOf(request: SubgraphRequestContext): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json',
    'x-request-id': request.requestId,
  };
  if (request.authorization !== undefined) headers.authorization = request.authorization;
  if (request.traceparent !== undefined) headers.traceparent = request.traceparent;
  return headers;
}

/** Parses per reader, not per request: those who share an answer each change their own. */
function readAnswer(name: string, answer: HttpAnswer, lossless: boolean): SubgraphAnswer {
  const body = parsed(answer.text, lossless);
  if (!isResponse(body)) return failure(rejected(name, answer.status));
  const data = body.data ?? null;
  const errors = readErrors(body.errors);
  return data === null && errors.length === 0 ? failure(rejected(name, answer.status)) : { data, errors };
}

function parsed(text: string, lossless: boolean): unknown {
  try {
    return parseJson(text, lossless);
  } catch {
    return undefined;
  }
}

function isResponse(body: unknown): body is { data?: unknown; errors?: unknown } {
  return typeof body === 'object' && body !== null && ('data' in body || 'errors' in body);
}

function rejected(name: string, status: number): ClientError {
  const code =
    status === 401 ? 'UNAUTHENTICATED' : status === 403 ? 'FORBIDDEN' : 'SUBGRAPH_INVALID_RESPONSE';
  return clientError(code, `the ${name} subgraph answered ${status} without a GraphQL response`);
}

function unavailable(name: string, what: string): ClientError {
  return clientError('SUBGRAPH_UNAVAILABLE', `the ${name} subgraph ${what}`);
}

function failure(error: ClientError): SubgraphAnswer {
  return { data: null, errors: [error] };
}
