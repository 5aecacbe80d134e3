import { type RetryPolicy, retryDelayMs } from '@giggityflix/kernel';
import { type ClientError, clientError } from '../errors.ts';
import { readErrors } from './answer.ts';
import type { ShownErrors } from './shown-errors.ts';
import { openSocket, type SocketEnd, type SocketTimings, type SubgraphSocket } from './socket.ts';

/** Notified of what happens to one upstream subscription. */
export interface UpstreamSink {
  event(event: UpstreamEvent): void;
  /** It failed for good; nothing follows. */
  failed(errors: readonly ClientError[]): void;
  /** The subgraph ended it; nothing follows. */
  completed(): void;
}

export interface UpstreamEvent {
  data: Record<string, unknown> | null;
  errors: readonly ClientError[];
  /** The connection was lost since the event before: there may have been others. */
  afterLoss: boolean;
}

export interface UpstreamTimings extends SocketTimings {
  /** Pauses between attempts to connect. */
  retry: RetryPolicy;
  /** Attempts after which a subscription that never was established has failed. */
  firstAttempts: number;
  /** How long a connection must last for the pauses to begin anew, in milliseconds: one may acknowledge and break. */
  stableMs: number;
  /** How long an unused connection is kept for the next subscription, in milliseconds. */
  idleMs: number;
}

/** Keeps one connection to a subgraph for one identity, as long as there are subscriptions. */
export interface Supervisor {
  subscribe(payload: Record<string, unknown>, sink: UpstreamSink): () => void;
  /** Completes what is left. */
  close(): void;
}

interface Held {
  readonly payload: Record<string, unknown>;
  readonly sink: UpstreamSink;
  /** It has been sent over an acknowledged connection: from now on it is restored without end. */
  established: boolean;
  failures: number;
  /** Losses its events are known to follow. */
  seenLosses: number;
}

export function createSupervisor(options: {
  subgraph: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  authorization: string | undefined;
  lossless: boolean;
  shownErrors: ShownErrors;
  timings: UpstreamTimings;
  /** Called when the last connection is closed for want of subscriptions. */
  onIdle(): void;
}): Supervisor {
  const { subgraph, timings } = options;
  const shown = (errors: unknown) => options.shownErrors(subgraph, readErrors(errors), undefined);
  const subscriptions = new Map<string, Held>();
  let socket: SubgraphSocket | null = null;
  let acknowledged = false;
  /** Acknowledged connections that were lost. */
  let losses = 0;
  /** Attempts since a connection was stable. */
  let attempts = 0;
  let ids = 0;
  let retrying: NodeJS.Timeout | undefined;
  let stable: NodeJS.Timeout | undefined;
  let idle: NodeJS.Timeout | undefined;

  const connect = () => {
    retrying = undefined;
    acknowledged = false;
    socket = openSocket(options, {
      acknowledged() {
        acknowledged = true;
        stable = setTimeout(() => {
          attempts = 0;
        }, timings.stableMs);
        for (const [id, held] of subscriptions) establish(id, held);
      },
      next(id, { data, errors }) {
        const held = subscriptions.get(id);
        if (!held) return;
        const afterLoss = held.seenLosses !== losses;
        held.seenLosses = losses;
        held.sink.event({ data: isObject(data) ? data : null, errors: shown(errors), afterLoss });
      },
      error: (id, errors) => drop(id)?.sink.failed(shown(errors)),
      complete: (id) => drop(id)?.sink.completed(),
      ended,
    });
  };
  const establish = (id: string, held: Held) => {
    // Our subgraphs send again what the lost connection may not have brought; others ignore extensions they do not know.
    const payload = held.established ? { ...held.payload, extensions: { restored: true } } : held.payload;
    held.established = true;
    socket!.subscribe(id, payload);
  };
  const ended = (end: SocketEnd) => {
    clearTimeout(stable);
    socket = null;
    if (acknowledged) losses += 1;
    acknowledged = false;
    attempts += 1;
    const failing: Held[] = [];
    for (const [id, held] of subscriptions) {
      held.failures += 1;
      const isHopeless = end.kind === 'unfit' || held.failures >= timings.firstAttempts;
      if (end.kind !== 'refused' && (held.established || !isHopeless)) continue;
      subscriptions.delete(id);
      failing.push(held);
    }
    if (subscriptions.size > 0) retrying = setTimeout(connect, retryDelayMs(timings.retry, attempts));
    else rest();
    const errors = [errorOf(subgraph, end)];
    for (const held of failing) held.sink.failed(errors);
  };
  const drop = (id: string): Held | undefined => {
    const held = subscriptions.get(id);
    if (subscriptions.delete(id) && subscriptions.size === 0) rest();
    return held;
  };
  /** Without subscriptions, a connection in use is kept for a while and an attempt given up. */
  const rest = () => {
    clearTimeout(idle);
    idle = setTimeout(() => {
      if (subscriptions.size > 0) return;
      end();
      options.onIdle();
    }, timings.idleMs);
    if (acknowledged) return;
    clearTimeout(retrying);
    retrying = undefined;
    socket?.close();
    socket = null;
  };
  const end = () => {
    clearTimeout(idle);
    clearTimeout(retrying);
    clearTimeout(stable);
    retrying = undefined;
    socket?.close();
    socket = null;
    acknowledged = false;
  };

  return {
    subscribe(payload, sink) {
      const id = String(++ids);
      const held: Held = { payload, sink, established: false, failures: 0, seenLosses: losses };
      clearTimeout(idle);
      subscriptions.set(id, held);
      if (acknowledged) establish(id, held);
      else if (socket === null && retrying === undefined) connect();
      return () => {
        if (subscriptions.get(id) !== held) return;
        if (acknowledged) socket!.complete(id);
        drop(id);
      };
    },
    close() {
      const left = [...subscriptions.values()];
      subscriptions.clear();
      end();
      for (const { sink } of left) sink.completed();
    },
  };
}

function errorOf(subgraph: string, { kind, reason }: SocketEnd): ClientError {
  return kind === 'refused'
    ? clientError('UNAUTHENTICATED', 'the credentials are not valid')
    : clientError('SUBGRAPH_UNAVAILABLE', `the ${subgraph} subgraph gives no events: it ${reason}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
