import type { Logger } from '@giggityflix/kernel';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Senders } from '../limits/senders.ts';
import type { MatchmakerMetrics } from '../metrics.ts';
import { MAX_DATAGRAM_BYTES, parseRequest } from '../rendezvous/messages.ts';
import type { Outgoing, Rendezvous } from '../rendezvous/rendezvous.ts';
import { answerBinding } from '../stun/binding.ts';
import { looksLikeStun } from '../stun/message.ts';

export interface Receiver {
  /** Takes a datagram; never throws. */
  receive(datagram: Buffer, source: Endpoint): void;
  /** Sends on behalf of another instance. */
  forward(to: Endpoint, message: string, proven: boolean): void;
}

export type Send = (datagram: Buffer, to: Endpoint) => void;

/** Most requests waiting for the shared registrations at once. */
const MAX_WAITING = 10_000;

/** What happens to a datagram: limits first, then STUN or a request, then the answers, within the limits. */
export function createReceiver(deps: {
  rendezvous: Rendezvous;
  senders: Senders;
  send: Send;
  metrics: MatchmakerMetrics;
  logger: Logger;
  now?: () => number;
}): Receiver {
  const { rendezvous, senders, metrics, logger } = deps;
  const now = deps.now ?? (() => performance.now());
  let waiting = 0;

  function receive(datagram: Buffer, source: Endpoint): void {
    const time = now();
    const sender = senders.admit(source, datagram.length, time);
    if (sender === null) {
      metrics.dropped('rate_limited');
      return;
    }
    if (source.port === 0 || sender.scope === 'none') {
      metrics.dropped('bad_source');
      return;
    }
    if (looksLikeStun(datagram)) {
      metrics.received('stun');
      const outcome = answerBinding(datagram, { octets: sender.octets, port: source.port });
      if (outcome.kind === 'answer') send(outcome.datagram, source, 'stun', false, time);
      else if (outcome.kind === 'ignored') metrics.dropped('malformed_stun');
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

  function sendAll(all: readonly Outgoing[], time: number): void {
    for (const { to, message, proven, kind } of all) send(Buffer.from(message), to, kind, proven, time);
  }

  function send(
    datagram: Buffer,
    to: Endpoint,
    kind: Outgoing['kind'] | 'stun',
    proven: boolean,
    time: number,
  ): void {
    if (datagram.length > MAX_DATAGRAM_BYTES) {
      metrics.dropped('send_failed');
      return;
    }
    if (!proven && !senders.spend(to.address, datagram.length, time)) {
      metrics.dropped('unproven_address');
      return;
    }
    deps.send(datagram, to);
    metrics.sent(kind);
  }

  return {
    receive,
    forward: (to, message, proven) => send(Buffer.from(message), to, 'peer', proven, now()),
  };
}
