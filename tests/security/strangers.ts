import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  type ConnectRequest,
  type ConnectResponse,
  derivePeerId,
  MediaDescription,
  MediaKind,
  PeerEdgeServiceClient,
  RegistrationRequest,
  rawPublicKey,
  signRegistration,
} from '@giggityflix/proto';
import { credentials } from '@grpc/grpc-js';

type Body = NonNullable<ConnectRequest['message']>;

/** A peer under a fresh identity that says what its test wants. */
export interface Stranger {
  /** Sends without waiting for anything; resolves when it is written or the stream has ended. */
  send(message: Body): void;
  announce(ids: readonly Buffer[], changes?: { full?: boolean; removed?: readonly Buffer[] }): void;
  describe(id: Buffer, name: string): void;
  /** Messages sent and those of them that the edge has acknowledged. */
  sent(): number;
  acknowledged(): number;
  leave(): void;
}

/** Connects and registers. */
export async function connectStranger(port: number): Promise<Stranger> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicKey = rawPublicKey(privateKey);
  const peerId = derivePeerId(publicKey);
  const client = new PeerEdgeServiceClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const call = client.connect();
  let sequence = 0;
  let acknowledged = 0;
  call.on('error', () => {});
  call.on('data', ({ message }: ConnectResponse) => {
    if (message?.$case === 'challenge') {
      const { nonce, edgeId } = message.value;
      const signature = signRegistration(privateKey, { nonce, edgeId, peerId });
      const value = RegistrationRequest.fromPartial({ peerId, publicKey, signature, protocolVersion: 1 });
      call.write({ sequence: 0, message: { $case: 'registration', value } });
    } else if (message?.$case === 'registration') call.emit('registered');
    else if (message?.$case === 'acknowledgement') acknowledged = message.value.sequence;
  });
  await once(call, 'registered');
  const stranger: Stranger = {
    send(message) {
      sequence += 1;
      call.write({ sequence, message });
    },
    announce(ids, { full = false, removed = [] } = {}) {
      const value = {
        full,
        catalogIds: [...ids],
        removedCatalogIds: [...removed],
        updateId: '',
        final: true,
      };
      stranger.send({ $case: 'catalogUpdate', value });
    },
    describe(catalogId, name) {
      const kind = MediaKind.MEDIA_KIND_MOVIE;
      const facts = { catalogId, name: `${name}.mkv`, title: name, sizeBytes: 1_000, kind };
      stranger.send({ $case: 'mediaDescription', value: MediaDescription.fromPartial(facts) });
    },
    sent: () => sequence,
    acknowledged: () => acknowledged,
    leave() {
      call.cancel();
      client.close();
    },
  };
  return stranger;
}

export function randomIds(count: number): Buffer[] {
  const bytes = randomBytes(32 * count);
  return Array.from({ length: count }, (_, n) => bytes.subarray(32 * n, 32 * (n + 1)));
}
