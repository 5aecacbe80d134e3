import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import { ChannelError } from '../channel/channel-error.ts';
import type { Opened } from '../channel/opening.ts';
import { createViewerClient, type ViewerClient } from '../channel/viewer-client.ts';
import type { Platform } from '../ports/platform.ts';
import type { ChannelEvents, IceCandidate, IceServer, OfferedChannel } from '../ports/rtc.ts';
import type { SourceProblem } from '../session/operations.ts';
import type { Signalling } from '../session/signalling.ts';
import type { Form } from './form.ts';
import type { Offering } from './offering.ts';

/** From the offer to an open channel; a far peer behind TURN needs a few seconds. */
const CONNECT_TIMEOUT_MS = 12_000;
/** From the offer to the peer's first signal. A peer that is there answers at once, and does not wait for a route. */
const ANSWER_TIMEOUT_MS = 1_500;
/** Attempts with that time; afterwards it doubles, as it may be the way to the peer that is slow. */
const QUICK_ATTEMPTS = 3;
/** How long a connection may be without a route before another peer is asked for. */
const DISCONNECTED_TIMEOUT_MS = 4_000;

const FULL = 'the peer serves as many viewers as it may';

export interface PeerConnection {
  client: ViewerClient;
  /** What the peer said of the form that is open now. */
  opened: Opened;
  /** Settles with the reason once the peer is no longer there. */
  lost: Promise<string>;
  /** Says what was wrong with the peer, which has gone since; nothing once another one is asked for in its place. */
  blame(problem: SourceProblem): void;
  close(): void;
}

export interface ConnectOptions {
  platform: Platform;
  signalling: Signalling;
  catalogId: string;
  iceServers: IceServer[];
  /** Asked for once there is a channel. */
  token(): string | Promise<string>;
  form: Form;
  /** The channel whose offer has gone to the peer already; another one is made and offered without it. */
  offered?: Offering | undefined;
  /** How many there have been in a row, this one included. */
  attempt: number;
  /** Called with the place in the peer's queue, while the film is waited for; without it a peer without room refuses. */
  onQueued?(queued: QueuedConnection): void;
}

/** A connection to a peer that will open the film when it is this viewer's turn. */
export interface QueuedConnection {
  position: number;
  client: ViewerClient;
  close(): void;
}

/** Connects to whichever peer the platform picks and opens the film. @throws ChannelError, GraphQLRequestError */
export async function connectToPeer(options: ConnectOptions): Promise<PeerConnection> {
  const { signalling, offered, iceServers } = options;
  const { offerChannel, hashing, timers } = options.platform;
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  const { promise: open, resolve: opens, reject: refuse } = Promise.withResolvers<void>();
  open.catch(() => {});
  let cancelNoRoute = () => {};
  const candidates = holdCandidates((candidate) => {
    signalling.send({ candidate }).catch(() => {});
  });

  const events: ChannelEvents = {
    candidate: candidates.add,
    opened: opens,
    message: (message) => client.receive(message),
    closed: () => lose('the channel closed'),
    state(state) {
      cancelNoRoute();
      if (state === 'failed') lose('the connection failed');
      if (state === 'disconnected')
        cancelNoRoute = timers.after(DISCONNECTED_TIMEOUT_MS, () => lose('the connection was lost'));
    },
  };
  const channel =
    offered?.use(iceServers, events) ?? offerChannel({ label: DATA_CHANNEL_LABEL, iceServers }, events);
  const client = createViewerClient({
    catalogId: options.catalogId,
    hashing,
    timers,
    send: channel.send,
  });
  const close = () => {
    cancelNoRoute();
    channel.send(JSON.stringify({ type: 'close' }));
    channel.close();
    lose('closed');
  };
  void lost.then((reason) => {
    client.closed(reason);
    refuse(new ChannelError('closed', reason));
  });
  let cancelSilence = () => {};
  let isSilent = true;
  const heard = () => {
    isSilent = false;
    cancelSilence();
  };
  takeSignals(signalling, channel, { heard, lose, refuse });

  const cancelTimeout = timers.after(CONNECT_TIMEOUT_MS, () =>
    refuse(new ChannelError('timeout', 'the peer could not be reached')),
  );
  try {
    const sdp = await channel.offer;
    const sent = offered ? signalling.offered() : signalling.send({ offer: { type: 'offer', sdp } });
    candidates.release();
    await sent;
    if (isSilent)
      cancelSilence = timers.after(answerTimeoutMs(options.attempt), () =>
        refuse(new ChannelError('unanswered', 'the peer does not answer')),
      );
    await open;
    const { onQueued } = options;
    const opened = await client.open(
      { token: await options.token(), ...options.form },
      onQueued && ((position) => onQueued({ position, client, close })),
    );
    return { client, opened, lost, blame: signalling.blame, close };
  } catch (error) {
    close();
    throw error;
  } finally {
    cancelTimeout();
    cancelSilence();
  }
}

/** How long the answer to an offer may take. */
export function answerTimeoutMs(attempt: number): number {
  return Math.min(CONNECT_TIMEOUT_MS, ANSWER_TIMEOUT_MS * 2 ** Math.max(0, attempt - QUICK_ATTEMPTS));
}

interface Outcomes {
  heard(): void;
  lose(reason: string): void;
  refuse(error: ChannelError): void;
}

/** Leads what the peer signals into the channel; its candidates wait for its answer. */
function takeSignals(
  signalling: Signalling,
  channel: OfferedChannel,
  { heard, lose, refuse }: Outcomes,
): void {
  const candidates = holdCandidates(channel.addCandidate);
  let answered = false;
  signalling.onSignal((signal) => {
    heard();
    if (signal.__typename === 'PeerLost') {
      if (signal.reason === 'BUSY') refuse(new ChannelError('busy', FULL));
      lose('the peer disconnected');
    } else if (signal.__typename === 'IceCandidate') {
      const { candidate, sdpMid, sdpMLineIndex } = signal;
      candidates.add({ candidate, sdpMid, sdpMLineIndex });
    } else if (signal.type === 'answer' && !answered) {
      answered = true;
      channel.accept(signal.sdp).then(candidates.release, () => lose('the answer was not understood'));
    }
  });
}

/** Candidates in order, held back until they may be used. */
function holdCandidates(use: (candidate: IceCandidate) => void) {
  let held: IceCandidate[] | null = [];
  return {
    add(candidate: IceCandidate) {
      if (held) held.push(candidate);
      else use(candidate);
    },
    release() {
      const early = held ?? [];
      held = null;
      early.forEach(use);
    },
  };
}
