import { ConnectRequest, type ConnectResponse, PeerEdgeServiceService } from '@giggityflix/proto';
import type { handleBidiStreamingCall, ServerDuplexStream, ServiceDefinition } from '@grpc/grpc-js';

/** One message off the wire: what it says and what it weighed, or why it cannot be read. */
export type Frame =
  | { ok: true; message: ConnectRequest; bytes: number }
  | { ok: false; problem: string; bytes: number };

export type PeerCall = ServerDuplexStream<Frame, ConnectResponse>;
export type ConnectHandler = handleBidiStreamingCall<Frame, ConnectResponse>;

/**
 * The generated service with a decoder that reports instead of throwing: grpc-js answers a throwing one
 * with INTERNAL, and the protocol says INVALID_ARGUMENT.
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
