import { childOf, type RateLimiter } from '@giggityflix/kernel';
import { isTracing } from '@giggityflix/telemetry';
import type { Engine } from '../../engine/engine.ts';
import type { GraphQLParams } from '../../engine/operation/resolve.ts';
import { type ClientError, clientError } from '../../errors.ts';
import { MAX_OPERATIONS_PER_SOCKET } from '../../limits.ts';
import type { ForwardedHeaders } from '../../subgraphs/header-rules.ts';
import { answerInParts } from '../incremental.ts';
import type { Admission, Visitor } from '../visitor.ts';
import { CLOSE } from './close.ts';
import { readMessage } from './protocol.ts';

/** The socket as the protocol needs it. */
export interface Wire {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** One client's connection: reads its messages, runs its operations. */
export interface Connection {
  receive(text: string): void;
  /** Ends every operation; the socket is closed already. */
  closed(): void;
  readonly acknowledged: boolean;
}

export interface ConnectionOptions {
  engine: Engine;
  admission: Admission;
  rates: RateLimiter;
  wire: Wire;
  /** Who the socket comes from; credentials come with `connection_init`, or else with the upgrade request. */
  peer: {
    address: string;
    authorization: string | undefined;
    traceparent: string | undefined;
    forwarded?: ForwardedHeaders | undefined;
  };
  /** Names the connection in logs and at the subgraphs. */
  id: string;
}

interface RunningOperation {
  stop?: () => void;
}

/** How far clocks of gateway and subgraphs may differ, in milliseconds. */
const EXPIRY_SLACK_MS = 5_000;

/**
 * Speaks graphql-transport-ws, see PROTOCOL.md of graphql-ws. Its server in this place took 31 kB per subscriber where
 * this takes 18 kB, and delivered about a fifth less per CPU second (docs/adr/0006-own-websocket-server.md).
 */
export function createConnection(options: ConnectionOptions): Connection {
  const { engine, wire } = options;
  const operations = new Map<string, RunningOperation>();
  let state: 'new' | 'admitting' | 'acknowledged' | 'closed' = 'new';
  let visitor: Visitor | null = null;
  let cancelExpiry = () => {};

  const close = (code: number, reason: string) => {
    if (state === 'closed') return;
    end();
    wire.close(code, reason);
  };
  const end = () => {
    state = 'closed';
    cancelExpiry();
    for (const running of operations.values()) running.stop?.();
    operations.clear();
  };

  const admit = (authorization: string | undefined) =>
    options.admission.admit({ ...options.peer, authorization, requestId: options.id });

  const init = async (payload: Record<string, unknown>) => {
    state = 'admitting';
    const given = payload.authorization ?? payload.Authorization;
    const authorization = typeof given === 'string' ? given : options.peer.authorization;
    visitor = await admit(authorization);
    if (isClosed()) return;
    if (!visitor) return close(CLOSE.forbidden, 'Forbidden');
    state = 'acknowledged';
    // The socket does not outlive its credentials; the client comes back with new ones.
    cancelExpiry = options.admission.atEnd(visitor, expire);
    wire.send('{"type":"connection_ack"}');
  };
  const isClosed = () => state === 'closed';

  const expire = () => close(CLOSE.forbidden, 'Forbidden: the credentials have expired');
  const isExpiring = () =>
    (visitor?.identity?.expiresAt ?? Number.POSITIVE_INFINITY) < Date.now() + EXPIRY_SLACK_MS;

  const start = async (id: string, running: RunningOperation, params: GraphQLParams) => {
    const { key } = visitor!;
    // Each operation is a trace of its own: a socket lives for hours.
    const { traceparent } = options.peer;
    const context = { ...visitor!.context, traceparent: isTracing() ? traceparent : childOf(traceparent) };
    const prefix = `{"id":${JSON.stringify(id)},"type":`;
    // The client may have ended it, and begun another under the same id.
    const finish = () => {
      if (operations.get(id) !== running) return false;
      operations.delete(id);
      running.stop?.();
      return true;
    };
    const fail = (errors: readonly ClientError[]) => {
      if (finish()) wire.send(`${prefix}"error","payload":${JSON.stringify(errors)}}`);
    };
    const complete = () => {
      if (finish()) wire.send(`${prefix}"complete"}`);
    };
    const waitSeconds = options.rates.take(key);
    if (waitSeconds !== null)
      return fail([clientError('RATE_LIMITED', `too many requests: try again in ${waitSeconds} s`)]);
    if (operations.size > MAX_OPERATIONS_PER_SOCKET)
      return fail([
        clientError(
          'TOO_MANY_OPERATIONS',
          `at most ${MAX_OPERATIONS_PER_SOCKET} operations run on one socket`,
        ),
      ]);
    const opening = engine.open(params, visitor!);
    const opened = opening instanceof Promise ? await opening : opening;
    // The client may have ended it meanwhile.
    if (operations.get(id) !== running) return;
    if (opened.kind === 'refused') return fail(opened.errors);
    if (opened.request.operation.deferred) {
      const send = (json: string, hasNext: boolean) => {
        if (operations.get(id) !== running) return;
        wire.send(`${prefix}"next","payload":${json}}`);
        if (!hasNext) complete();
      };
      running.stop = answerInParts(engine, opened, context, {
        format: 'v0.2',
        sink: { whole: (result) => send(JSON.stringify(result), false), payload: send },
      });
      return;
    }
    if (opened.request.operation.kind !== 'subscription') {
      const result = await engine.run(opened, context);
      if (operations.get(id) !== running) return;
      wire.send(`${prefix}"next","payload":${JSON.stringify(result)}}`);
      return complete();
    }
    const next = `${prefix}"next","payload":`;
    running.stop = engine.subscribe(opened, context, {
      next: (_result, json) => wire.send(`${next}${json}}`),
      failed: (errors) => {
        // The subgraph's clock may be ahead of ours.
        if (errors[0]?.extensions?.code === 'UNAUTHENTICATED' && isExpiring()) expire();
        else fail(errors);
      },
      completed: complete,
    });
    // It may have ended while it began.
    if (operations.get(id) !== running) running.stop();
  };

  return {
    get acknowledged() {
      return state === 'acknowledged';
    },
    receive(text) {
      if (state === 'closed') return;
      const message = readMessage(text);
      if (typeof message === 'string') return close(CLOSE.badRequest, `Invalid message: ${message}`);
      switch (message.type) {
        case 'connection_init':
          if (state !== 'new') return close(CLOSE.tooManyInits, 'Too many initialisation requests');
          init(message.payload ?? {}).catch(() => close(CLOSE.internal, 'Internal server error'));
          return;
        case 'ping':
          wire.send(
            message.payload === undefined
              ? '{"type":"pong"}'
              : `{"type":"pong","payload":${JSON.stringify(message.payload)}}`,
          );
          return;
        case 'pong':
          return;
        case 'complete': {
          const running = operations.get(message.id);
          operations.delete(message.id);
          running?.stop?.();
          return;
        }
        case 'subscribe': {
          if (state !== 'acknowledged') return close(CLOSE.unauthorized, 'Unauthorized');
          if (operations.has(message.id))
            return close(CLOSE.duplicateId, `Subscriber for ${message.id} already exists`);
          const running: RunningOperation = {};
          operations.set(message.id, running);
          start(message.id, running, message.payload).catch(() =>
            close(CLOSE.internal, 'Internal server error'),
          );
        }
      }
    },
    closed: end,
  };
}
