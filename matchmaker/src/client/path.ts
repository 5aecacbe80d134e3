import { type KeyObject, randomBytes } from 'node:crypto';
import { type Endpoint, keyOf } from '../endpoints/endpoint.ts';
import { decodePacket, encodePacket, KIND, MAX_PAYLOAD_BYTES } from './packet.ts';
import type { Timing } from './timing.ts';

/** A way to a peer through both NATs. Datagrams: they may be lost, doubled or overtake each other. */
export interface Path {
  readonly peerId: string;
  /** Where the peer's datagrams come from. */
  readonly remote: Endpoint;
  /** @throws RangeError for more than {@link MAX_PAYLOAD_BYTES}. */
  send(data: Uint8Array): void;
  onData(handler: (data: Buffer) => void): void;
  /** Called once when the peer no longer answers, or the path is closed. */
  onLost(handler: () => void): void;
  close(): void;
}

export interface Attempt {
  /** Resolves when a probe has gone there and back; rejects when none has in time. */
  readonly path: Promise<Path>;
  /** Takes a datagram; false when it is not of this peer. */
  receive(datagram: Buffer, from: Endpoint): boolean;
  close(): void;
}

/** Most probes whose answers are waited for. */
const MAX_OUTSTANDING = 256;
/** Most endpoints probed: the two sent by the server, and where the peer's own probes come from. */
const MAX_CANDIDATES = 6;

/**
 * Sends probes to every endpoint the peer may have, answers the peer's, and locks on to the first endpoint that
 * answers. A probe may come from an unknown endpoint, since a symmetric NAT maps each destination to another port:
 * it is a candidate like the others (a "peer reflexive" one in RFC 8445).
 */
export function createAttempt(options: {
  self: string;
  peerId: string;
  key: KeyObject;
  candidates: readonly Endpoint[];
  send(datagram: Buffer, to: Endpoint): void;
  timing: Timing;
}): Attempt {
  const { self, peerId, key, timing } = options;
  const candidates = new Map(options.candidates.map((candidate) => [keyOf(candidate), candidate]));
  const outstanding = new Set<bigint>();
  const outcome = Promise.withResolvers<Path>();
  const startedAt = Date.now();
  let remote: Endpoint | null = null;
  let missed = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let onData: (data: Buffer) => void = () => {};
  let onLost: () => void = () => {};
  // The caller gets a failure through `path`, and may ignore it.
  outcome.promise.catch(() => {});

  const transmit = (kind: number, nonce: bigint, to: Endpoint, payload: Uint8Array = Buffer.alloc(0)) =>
    options.send(encodePacket(key, self, { kind, nonce, payload: Buffer.from(payload) }), to);
  const probe = (to: Endpoint) => {
    const nonce = randomBytes(8).readBigUInt64BE();
    outstanding.add(nonce);
    if (outstanding.size > MAX_OUTSTANDING) outstanding.delete(outstanding.values().next().value as bigint);
    transmit(KIND.probe, nonce, to);
  };
  const close = () => {
    if (closed) return;
    closed = true;
    clearTimeout(timer);
    outcome.reject(new Error(`no path to ${peerId}: closed`));
    if (remote) onLost();
  };
  const tick = () => {
    const age = Date.now() - startedAt;
    if (remote) {
      if (missed >= timing.keepalivesMissed) return close();
      missed += 1;
      probe(remote);
      timer = setTimeout(tick, timing.keepaliveMs).unref();
    } else if (age > timing.attemptMs) {
      outcome.reject(new Error(`no path to ${peerId} within ${timing.attemptMs} ms`));
      close();
    } else {
      for (const candidate of candidates.values()) probe(candidate);
      timer = setTimeout(tick, age < timing.denseMs ? timing.denseProbeMs : timing.probeMs);
    }
  };
  const lockOn = (from: Endpoint) => {
    remote = from;
    clearTimeout(timer);
    timer = setTimeout(tick, timing.keepaliveMs).unref();
    outcome.resolve({
      peerId,
      remote: from,
      send(data) {
        if (data.length > MAX_PAYLOAD_BYTES) throw new RangeError(`at most ${MAX_PAYLOAD_BYTES} bytes fit`);
        if (!closed) transmit(KIND.data, 0n, from, data);
      },
      onData(handler) {
        onData = handler;
      },
      onLost(handler) {
        onLost = handler;
      },
      close,
    });
  };
  tick();

  return {
    path: outcome.promise,
    close,
    receive(datagram, from) {
      const packet = closed ? null : decodePacket(key, peerId, datagram);
      if (!packet) return false;
      if (packet.kind === KIND.probe) {
        transmit(KIND.answer, packet.nonce, from);
        if (!remote && candidates.size < MAX_CANDIDATES) candidates.set(keyOf(from), from);
      } else if (packet.kind === KIND.answer && outstanding.delete(packet.nonce)) {
        missed = 0;
        if (!remote) lockOn(from);
      } else if (packet.kind === KIND.data) onData(packet.payload);
      return true;
    },
  };
}
