import { ConnectRequest } from '@giggityflix/proto';
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { startEdge } from '../../edge/testing/edge.ts';
import { createTestPeer } from '../../edge/testing/peer.ts';
import { expectThat, type FuzzTarget, fromHex, mutations } from './target.ts';

const ID = 'ab'.repeat(32);
const SAMPLES: Parameters<typeof ConnectRequest.fromPartial>[0][] = [
  { sequence: 1, message: { $case: 'catalogUpdate', value: { full: true, catalogIds: [fromHex(ID)] } } },
  {
    sequence: 2,
    message: {
      $case: 'mediaDescription',
      value: { catalogId: fromHex(ID), name: 'film.mp4', title: 'Film' },
    },
  },
  { sequence: 3, message: { $case: 'commandResponse', value: { requestId: 'r', success: true } } },
  { sequence: 4, message: { $case: 'playbackSignal', value: { sessionId: 's' } } },
  {
    sequence: 5,
    message: { $case: 'artwork', value: { catalogId: fromHex(ID), data: Buffer.from([0xff, 0xd8]) } },
  },
  { message: { $case: 'keySetRequest', value: {} } },
  { message: { $case: 'heartbeat', value: {} } },
  { message: { $case: 'holdingProof', value: {} } },
  { message: { $case: 'registration', value: { peerId: 'x', userAgent: 'y'.repeat(300) } } },
];

/** What a registered peer sends: accepted, refused, or its stream ended with a status that says why. */
export default async function grpc(): Promise<FuzzTarget<string[]>> {
  const running = await startEdge({
    admission: { maxPeers: 1_000, maxPeersPerNetwork: 0, attemptsPerSecond: 0, burst: 1_000_000_000 },
  });
  const encoded = SAMPLES.map((sample) => ConnectRequest.encode(ConnectRequest.fromPartial(sample)).finish());
  return {
    inputs: fc.array(mutations(encoded, 200), { minLength: 1, maxLength: 10 }),
    async run(messages) {
      const peer = createTestPeer({ port: running.port });
      await peer.register();
      for (const bytes of messages) {
        const message = decode(bytes);
        if (message) peer.call.write(message);
      }
      const { code, details } = await peer.leave();
      expectThat(
        code !== status.UNKNOWN && code !== status.INTERNAL,
        `the edge ends the stream with ${status[code]}: ${details}`,
      );
      running.bus.published.length = 0;
    },
    stop: () => running[Symbol.asyncDispose](),
  };
}

/** As the edge's gRPC does it, which ends a stream for bytes that are no message. */
function decode(bytes: string): ConnectRequest | null {
  try {
    return ConnectRequest.decode(fromHex(bytes));
  } catch {
    return null;
  }
}
