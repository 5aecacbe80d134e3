import type { Logger } from '@giggityflix/platform';
import { type Endpoint, keyOf, scopeOf } from './endpoint.ts';
import { createRateLimiter, PERIOD_MS, type RateLimit } from './limits/rate-limiter.ts';
import { createReflectionGuard, networkOf } from './limits/reflection.ts';
import { MAX_DATAGRAM_BYTES, parseRequest } from './messages.ts';
import type { MatchmakerMetrics } from './metrics.ts';
import type { Outgoing, Rendezvous } from './rendezvous.ts';
import { answerBinding } from './stun/binding.ts';
import { looksLikeStun } from './stun/message.ts';

export interface ReceiverConfig {
  /** For one address and port. */
  sourceLimit: RateLimit;
  /** For all sources of one address (of one /64 of IPv6) together. */
  networkLimit: RateLimit;
  /** Whether answers to unproven addresses are held to what came from them. */
  limitReflection: boolean;
}

export interface Receiver {
  /** Takes a datagram; never throws. */
  receive(datagram: Buffer, source: Endpoint): void;
  /** Sends on behalf of another instance. */
  forward(to: Endpoint, message: string, proven: boolean): void;
  start(): void;
  stop(): void;
}

export type Send = (payload: Buffer | string, to: Endpoint) => void;

/** Most requests waiting for the shared registrations at once. */
const MAX_WAITING = 10_000;

/** What happens to a datagram: limits first, then STUN or a request, then the answers, within what may be sent. */
export function createReceiver(
  config: ReceiverConfig,
  deps: {
    rendezvous: Rendezvous;
    send: Send;
    metrics: MatchmakerMetrics;
    logger: Logger;
    now?: () => number;
  },
): Receiver {
  const { rendezvous, metrics, logger } = deps;
  const now = deps.now ?? (() => performance.now());
  const bySource = createRateLimiter(config.sourceLimit);
  const byNetwork = createRateLimiter(config.networkLimit);
  const reflection = createReflectionGuard({ enabled: config.limitReflection });
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;

  function receive(datagram: Buffer, source: Endpoint): void {
    const time = now();
    const network = networkOf(source.address);
    reflection.received(network, datagram.length, time);
    // The source's own limit comes first, so that one flooder does not use up its neighbours' share.
    if (!bySource.allow(keyOf(source), time) || !byNetwork.allow(network, time)) {
      metrics.dropped('rate_limited');
      return;
    }
    if (source.port === 0 || scopeOf(source.address) === 'none') {
      metrics.dropped('bad_source');
      return;
    }
    if (looksLikeStun(datagram)) {
      stun(datagram, source, time);
      return;
    }
    const request = parseRequest(datagram);
    metrics.received(request.type);
    if (request.type === 'answer') {
      metrics.dropped('not_for_servers');
      return;
    }
    const outgoing = rendezvous.handle(request, source);
    if (!(outgoing instanceof Promise)) {
      sendAll(outgoing, time);
      return;
    }
    if (waiting >= MAX_WAITING) {
      outgoing.catch(() => {});
      metrics.dropped('overloaded');
      return;
    }
    waiting += 1;
    const done = metrics.storeSeconds.startTimer();
    outgoing
      .then((all) => sendAll(all, now()))
      .catch((error: unknown) => {
        metrics.dropped('store_failed');
        logger.warn({ err: error }, 'a request could not be handled');
      })
      .finally(() => {
        waiting -= 1;
        done();
      });
  }

  function stun(datagram: Buffer, source: Endpoint, time: number): void {
    metrics.received('stun');
    const outcome = answerBinding(datagram, source);
    if (outcome.kind === 'ignored') {
      metrics.dropped('malformed_stun');
      return;
    }
    if (outcome.kind === 'answer') send(outcome.datagram, source, 'stun', false, time);
  }

  function sendAll(all: readonly Outgoing[], time: number): void {
    for (const { to, message, proven, kind } of all) send(message, to, kind, proven, time);
  }

  function send(
    payload: Buffer | string,
    to: Endpoint,
    kind: Outgoing['kind'] | 'stun',
    proven: boolean,
    time: number,
  ): void {
    const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
    if (bytes > MAX_DATAGRAM_BYTES) {
      metrics.dropped('send_failed');
      return;
    }
    if (!proven && !reflection.spend(networkOf(to.address), bytes, time)) {
      metrics.dropped('unproven_address');
      return;
    }
    deps.send(payload, to);
    metrics.sent(kind);
  }

  return {
    receive,
    forward: (to, message, proven) => send(message, to, 'peer', proven, now()),
    start() {
      timer = setInterval(() => {
        for (const limit of [bySource, byNetwork, reflection]) limit.rotate();
      }, PERIOD_MS).unref();
    },
    stop() {
      clearInterval(timer);
    },
  };
}
