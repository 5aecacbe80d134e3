import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, notReady, READY, type Readiness, type Service, withTrace } from '@giggityflix/kernel';
import type { Command, HoldingChallenge, HoldingProof, PlaybackSignal, Refusal } from '@giggityflix/proto';
import { status } from '@grpc/grpc-js';
import type { PeerConfig } from '../environment.ts';
import { backoffMs } from './backoff.ts';
import type { PlatformClock } from './clock.ts';
import { connectToEdge, type EdgeConnection, type EndReason } from './connection.ts';
import { createCredentials } from './credentials.ts';
import type { PeerIdentity } from './identity.ts';
import type { PendingInvitation } from './invitation.ts';
import type { EdgeTarget } from './network.ts';
import type { RefusalReason } from './refusal.ts';
import type { Sender } from './sender.ts';

export interface EdgeClientDeps {
  identity: PeerIdentity;
  invitation: PendingInvitation;
  /** Which edges to try; read anew each time, as `join` may name others while the daemon runs. */
  target: () => EdgeTarget;
  sender: Sender;
  logger: Logger;
  clock: PlatformClock;
  activeStreams: () => number;
  onCommand: (command: Command) => void;
  onHoldingChallenge: (challenge: HoldingChallenge) => void;
  onSignal: (signal: PlaybackSignal) => void;
  /** JSON Web Key Set that playback tokens are verified with. */
  onKeySet: (jwks: string) => void;
}

export interface EdgeStatus {
  state: 'connected' | 'connecting' | 'waiting' | 'paused' | 'stopped';
  address: string;
  edgeId: string | null;
  connectionId: string | null;
  /** Attempts that failed since the last connection. */
  failedAttempts: number;
  lastError: string | null;
  /** Why the edge does not admit this peer, where it admits members alone. */
  refusal: RefusalReason | null;
}

export interface EdgeClient extends Service {
  status(): EdgeStatus;
  /** Tries the edge now instead of after the wait. */
  reconnect(): void;
  /** Leaves the edge, and does not come back until it is resumed: meanwhile the platform has none of this peer's films. */
  setPaused(paused: boolean): void;
  /** Sends a WebRTC signal; dropped while there is no connection, as the viewer tries again. */
  signal(signal: PlaybackSignal): void;
  /** Answers a challenge; dropped while there is no connection, as the next one asks anew. */
  prove(proof: HoldingProof): void;
  requestKeySet(): void;
}

/** Statuses that another quick attempt cannot help: the wait is the long one at once, and the log says so as an error. */
const HOPELESS: ReadonlySet<number> = new Set([
  status.UNAUTHENTICATED,
  status.PERMISSION_DENIED,
  status.INVALID_ARGUMENT,
  status.FAILED_PRECONDITION,
  status.UNIMPLEMENTED,
  // Replaced: another daemon has this key, and the two must not take turns throwing each other out.
  status.ABORTED,
]);

/** The longest delay of a Node timer. */
const FOREVER_MS = 2_147_483_647;

/** Keeps one registered stream to one of the edges, for ever: the daemon works offline and catches up. */
export function createEdgeClient(config: PeerConfig['edge'], deps: EdgeClientDeps): EdgeClient {
  const { sender, logger } = deps;
  const stopping = new AbortController();
  let waiting = new AbortController();
  let again = false;
  let paused = false;
  let connection: EdgeConnection | null = null;
  let loop: Promise<void> = Promise.resolve();
  const current: EdgeStatus = {
    state: 'stopped',
    address: deps.target().addresses[0]!,
    edgeId: null,
    connectionId: null,
    failedAttempts: 0,
    lastError: null,
    refusal: null,
  };

  /** One connection from its beginning to its end. */
  async function serve(address: string, { tls, authority }: EdgeTarget): Promise<EndReason> {
    let end!: (reason: EndReason) => void;
    const ended = new Promise<EndReason>((resolve) => {
      end = resolve;
    });
    let leave: NodeJS.Timeout | undefined;
    connection = await connectToEdge(
      {
        address,
        credentials: createCredentials(tls, authority),
        identity: deps.identity,
        enrolmentToken: deps.invitation.code() ?? config.enrolmentToken,
        timeoutMs: config.timeoutMs,
        signal: stopping.signal,
      },
      {
        onDrained: () => sender.drained(),
        onEnd: end,
        onMessage(message) {
          if (message.$case === 'acknowledgement') sender.acknowledge(message.value.sequence);
          else if (message.$case === 'command')
            withTrace(message.value.traceparent, () => deps.onCommand(message.value));
          else if (message.$case === 'playbackSignal')
            withTrace(message.value.traceparent, () => deps.onSignal(message.value));
          else if (message.$case === 'holdingChallenge') deps.onHoldingChallenge(message.value);
          else if (message.$case === 'keySet') deps.onKeySet(message.value.jwks);
          else if (message.$case === 'refusal') refused(message.value);
          else if (message.$case === 'drain')
            leave ??= setTimeout(
              () => connection?.close('the edge asked to reconnect'),
              Math.random() * message.value.withinMilliseconds,
            );
        },
      },
    );
    const { registration } = connection;
    deps.clock.observe(registration.connectionId);
    Object.assign(current, {
      state: 'connected',
      edgeId: registration.edgeId,
      connectionId: registration.connectionId,
      failedAttempts: 0,
      lastError: null,
      refusal: null,
    });
    deps.invitation.taken();
    if (paused) connection.close('the owner paused sharing');
    logger.info(
      { address, edge_id: registration.edgeId, connection_id: registration.connectionId },
      'connected to the edge',
    );
    if (registration.keySet) deps.onKeySet(registration.keySet.jwks);
    const asked = registration.heartbeatIntervalSeconds * 1_000 || config.heartbeatIntervalMs;
    const heartbeat = setInterval(beat, Math.min(asked, config.heartbeatIntervalMs));
    sender.attach(connection);
    try {
      return await ended;
    } finally {
      clearInterval(heartbeat);
      clearTimeout(leave);
      sender.detach();
      connection = null;
      current.edgeId = null;
      current.connectionId = null;
    }
  }

  function refused({ sequence, reason, retryAfterMilliseconds }: Refusal): void {
    const details = { sequence, reason, retry_in_ms: retryAfterMilliseconds || undefined };
    logger.warn(details, 'the edge refused a message');
    if (retryAfterMilliseconds > 0) sender.refused(sequence, retryAfterMilliseconds);
  }

  function beat(): void {
    const now = Date.now();
    connection?.send({
      $case: 'heartbeat',
      value: {
        sentAt: { seconds: Math.floor(now / 1_000), nanos: (now % 1_000) * 1e6 },
        activeStreams: deps.activeStreams(),
      },
    });
  }

  /** Ends early when the daemon stops, or is asked to try again. */
  async function pause(ms: number): Promise<void> {
    waiting = new AbortController();
    if (again) waiting.abort();
    again = false;
    const signal = AbortSignal.any([stopping.signal, waiting.signal]);
    await sleep(ms, undefined, { signal }).catch(() => {});
  }

  async function run(): Promise<void> {
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      const target = deps.target();
      current.address = target.addresses[turn % target.addresses.length]!;
      if (paused) {
        current.state = 'paused';
        await pause(FOREVER_MS);
        continue;
      }
      current.state = 'connecting';
      const reason = await serve(current.address, target).catch((error: unknown) => asReason(error));
      if (stopping.signal.aborted) break;
      if (reason.code === status.OK) {
        logger.info({ address: current.address }, reason.message);
        continue;
      }
      const { refusal = null } = reason;
      // It is used: the edge knows this peer by its key.
      if (refusal?.reason === 'PENDING_APPROVAL') deps.invitation.taken();
      current.failedAttempts += 1;
      current.lastError = reason.message;
      current.refusal = refusal?.reason ?? null;
      current.state = 'waiting';
      const hopeless = refusal !== null || HOPELESS.has(reason.code);
      const waitMs = hopeless
        ? (refusal?.waitMs ?? config.reconnect.maxMs)
        : backoffMs(config.reconnect, Math.ceil(current.failedAttempts / target.addresses.length));
      const details = {
        address: current.address,
        code: status[reason.code],
        reason: reason.message,
        retry_in_ms: waitMs,
      };
      if (refusal?.reason === 'PENDING_APPROVAL') logger.warn(details, 'this peer waits for approval');
      else if (hopeless) logger.error(details, 'the edge refuses this peer');
      else if (current.failedAttempts === 1 || current.failedAttempts % 20 === 0)
        logger.warn(details, 'no connection to the edge; sharing resumes by itself');
      else logger.debug(details, 'no connection to the edge');
      await pause(waitMs);
    }
    current.state = 'stopped';
  }

  return {
    /** Returns at once: an edge that is unavailable must not keep the daemon from starting. */
    async start() {
      const { tls, authority } = deps.target();
      createCredentials(tls, authority);
      loop = run();
    },
    async stop() {
      const open = connection;
      current.state = 'stopped';
      open?.close('stopped');
      stopping.abort();
      await loop;
    },
    ready(): Readiness {
      return current.state === 'connected'
        ? READY
        : notReady(
            `not connected to the edge ${current.address}${current.lastError ? `: ${current.lastError}` : ''}`,
          );
    },
    status: () => ({ ...current }),
    reconnect() {
      // What is being tried may have begun before there was a reason to try again.
      again = current.state === 'connecting';
      waiting.abort();
    },
    setPaused(next) {
      if (paused === next) return;
      paused = next;
      if (paused) connection?.close('the owner paused sharing');
      else if (current.state === 'paused') waiting.abort();
    },
    signal(signal) {
      connection?.send({ $case: 'playbackSignal', value: signal });
    },
    prove(proof) {
      connection?.send({ $case: 'holdingProof', value: proof });
    },
    requestKeySet() {
      connection?.send({ $case: 'keySetRequest', value: {} });
    },
  };
}

function asReason(error: unknown): EndReason {
  const reason = error as Partial<EndReason>;
  const { code = status.UNKNOWN, message = String(error), refusal = null } = reason;
  return { code, message, refusal };
}
