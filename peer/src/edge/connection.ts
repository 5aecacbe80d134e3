import {
  type ConnectRequest,
  type ConnectResponse,
  PeerEdgeServiceClient,
  PROTOCOL_VERSIONS,
  type RegistrationResponse,
  signRegistration,
} from '@giggityflix/proto';
import { type ChannelCredentials, type ClientDuplexStream, type ServiceError, status } from '@grpc/grpc-js';
import { VERSION } from '../version.ts';
import { inWords } from './failure.ts';
import type { PeerIdentity } from './identity.ts';
import { type MembershipRefusal, membershipRefusal } from './refusal.ts';

export const USER_AGENT = `giggityflix-peer/${VERSION}`;

type Body = NonNullable<ConnectRequest['message']>;

/** A registered stream to an edge. */
export interface EdgeConnection {
  readonly registration: RegistrationResponse;
  /** Sends a message; `sequence` 0 wants no acknowledgement. False when the transport is congested: wait for `onDrained`. */
  send(message: Body, sequence?: number): boolean;
  /** Ends the stream in good order; `onEnd` is called with the status OK. */
  close(message: string): void;
}

export interface ConnectionEvents {
  onMessage(message: NonNullable<ConnectResponse['message']>): void;
  onDrained(): void;
  /** Called once, when a registered stream has ended. */
  onEnd(reason: EndReason): void;
}

/** Why a stream ended; `code` is a gRPC status. */
export interface EndReason {
  code: number;
  message: string;
  /** Set where the edge admits members alone, and this peer is none. */
  refusal?: MembershipRefusal | null;
}

/** How often an idle connection is probed, and how long for an answer: an edge that vanished without a word is noticed. */
const KEEPALIVE_TIME_MS = 15_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;

const CHANNEL_OPTIONS = {
  'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  // Each attempt is a connection of its own, without the back-off of those before it: the client has its own.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
};

/**
 * Connects and registers.
 *
 * @throws an {@link EndReason} when that fails, or takes longer than `timeoutMs`.
 */
export function connectToEdge(
  options: {
    address: string;
    credentials: ChannelCredentials;
    identity: PeerIdentity;
    enrolmentToken: string;
    timeoutMs: number;
    signal: AbortSignal;
  },
  events: ConnectionEvents,
): Promise<EdgeConnection> {
  const client = new PeerEdgeServiceClient(options.address, options.credentials, CHANNEL_OPTIONS);
  const call: ClientDuplexStream<ConnectRequest, ConnectResponse> = client.connect();
  let registered = false;
  let ended = false;

  return new Promise((resolve, reject) => {
    const end = (reason: EndReason) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      options.signal.removeEventListener('abort', abort);
      call.cancel();
      client.close();
      if (registered) events.onEnd(reason);
      else reject(reason);
    };
    const abort = () => end({ code: status.CANCELLED, message: 'stopped' });
    options.signal.addEventListener('abort', abort);
    const timer = setTimeout(
      () =>
        end({ code: status.DEADLINE_EXCEEDED, message: `no registration within ${options.timeoutMs} ms` }),
      options.timeoutMs,
    );

    call.on('error', (error: ServiceError) => {
      const refusal = membershipRefusal(error.metadata);
      end({ code: error.code, message: refusal?.message ?? inWords(error), refusal });
    });
    call.on('end', () => end({ code: status.UNAVAILABLE, message: 'the edge ended the stream' }));
    call.on('drain', () => events.onDrained());
    call.on('data', ({ message }: ConnectResponse) => {
      if (ended || !message) return;
      if (registered) return events.onMessage(message);
      if (message.$case === 'challenge') {
        const { nonce, edgeId, protocolVersions } = message.value;
        const version = PROTOCOL_VERSIONS.find((candidate) => protocolVersions.includes(candidate));
        if (version === undefined)
          return end({
            code: status.FAILED_PRECONDITION,
            message: `the edge speaks protocol ${protocolVersions.join(', ')}, this peer ${PROTOCOL_VERSIONS.join(', ')}: update the older`,
          });
        const { peerId, publicKey, privateKey } = options.identity;
        call.write({
          sequence: 0,
          message: {
            $case: 'registration',
            value: {
              peerId,
              publicKey,
              signature: signRegistration(privateKey, { nonce, edgeId, peerId }),
              protocolVersion: version,
              enrolmentToken: options.enrolmentToken,
              userAgent: USER_AGENT,
            },
          },
        });
      } else if (message.$case === 'registration') {
        clearTimeout(timer);
        registered = true;
        resolve({
          registration: message.value,
          send: (body, sequence = 0) => ended || call.write({ sequence, message: body }),
          close: (message) => {
            if (ended) return;
            ended = true;
            options.signal.removeEventListener('abort', abort);
            call.end();
            // What was written goes out; an edge that does not end its side is not waited for.
            setTimeout(() => {
              call.cancel();
              client.close();
            }, 500).unref();
            events.onEnd({ code: status.OK, message });
          },
        });
      }
    });
  });
}
