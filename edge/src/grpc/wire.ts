import { ConnectRequest, type ConnectResponse, PeerEdgeServiceService } from '@giggityflix/proto';
import type { handleBidiStreamingCall, ServerDuplexStream, ServiceDefinition, status } from '@grpc/grpc-js';

/** A peer's message. */
export type PeerMessage = NonNullable<ConnectRequest['message']>;
/** A message to a peer. */
export type OutgoingMessage = NonNullable<ConnectResponse['message']>;

/** One message off the wire with its size, or why it cannot be read. */
export type Frame =
  | { ok: true; message: ConnectRequest; bytes: number }
  | { ok: false; problem: string; bytes: number };

export type PeerCall = ServerDuplexStream<Frame, ConnectResponse>;
export type ConnectHandler = handleBidiStreamingCall<Frame, ConnectResponse>;

/** A status that ends a call, with an explanation for the peer's log. */
export interface CallFailure {
  code: status;
  details: string;
  /** Sent with the status, for programs. */
  trailers?: Readonly<Record<string, string>>;
}

/**
 * The generated service with a decoder that reports instead of throwing: grpc-js answers a throwing one
 * with INTERNAL, and the protocol asks for INVALID_ARGUMENT.
 */
export const peerEdgeService = {
  connect: {
    ...PeerEdgeServiceService.connect,
    requestSerialize: () => {
      throw new Error('a server does not send requests');
    },
    requestDeserialize: decodeFrame,
  },
} satisfies ServiceDefinition;

/** Decodes the bytes of a `ConnectRequest`; never throws. */
export function decodeFrame(bytes: Buffer): Frame {
  try {
    return { ok: true, message: ConnectRequest.decode(bytes), bytes: bytes.byteLength };
  } catch (error) {
    return { ok: false, problem: (error as Error).message, bytes: bytes.byteLength };
  }
}

/** A protobuf Timestamp of milliseconds since 1970. */
export function toTimestamp(ms: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: Math.round((ms - seconds * 1_000) * 1_000_000) };
}
