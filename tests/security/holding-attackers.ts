import { generateKeyPairSync } from 'node:crypto';
import {
  type ConnectRequest,
  type ConnectResponse,
  derivePeerId,
  type HoldingChallenge,
  HoldingProof,
  PeerEdgeServiceClient,
  RegistrationRequest,
  rawPublicKey,
  signRegistration,
} from '@giggityflix/proto';
import { credentials } from '@grpc/grpc-js';

type Body = NonNullable<ConnectRequest['message']>;

export interface AttackerOptions {
  port: number;
  protocolVersion: number;
  catalogId: string;
  /** What it answers a challenge with; undefined for nothing. */
  proof?: (challenge: HoldingChallenge) => Partial<HoldingProof>;
}

export interface Attacker {
  /** Offers of viewers that were sent to it, none of which it answers. */
  offers(): number;
  leave(): void;
}

/** A fresh identity that announces a film it does not have; resolves once the edge has its announcement. */
export function attack({ port, protocolVersion, catalogId, proof }: AttackerOptions): Promise<Attacker> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicKey = rawPublicKey(privateKey);
  const peerId = derivePeerId(publicKey);
  const client = new PeerEdgeServiceClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const call = client.connect();
  const send = (message: Body, sequence = 0) => void call.write({ sequence, message });
  let offers = 0;
  return new Promise((resolve, reject) => {
    call.on('error', reject);
    call.on('data', ({ message }: ConnectResponse) => {
      switch (message?.$case) {
        case 'challenge': {
          const { nonce, edgeId } = message.value;
          const signature = signRegistration(privateKey, { nonce, edgeId, peerId });
          const value = { peerId, publicKey, signature, protocolVersion, userAgent: 'attacker' };
          return send({ $case: 'registration', value: RegistrationRequest.fromPartial(value) });
        }
        case 'registration': {
          const value = { catalogIds: [Buffer.from(catalogId, 'hex')], removedCatalogIds: [], updateId: '' };
          return send({ $case: 'catalogUpdate', value: { ...value, full: true, final: true } }, 1);
        }
        case 'acknowledgement':
          return resolve({
            offers: () => offers,
            leave() {
              call.cancel();
              client.close();
            },
          });
        case 'holdingChallenge': {
          const { challengeId, catalogId: asked } = message.value;
          const said = proof?.(message.value);
          if (!said) return;
          const value = HoldingProof.fromPartial({ challengeId, catalogId: asked, ...said });
          return send({ $case: 'holdingProof', value });
        }
        case 'playbackSignal':
          if (message.value.signal?.$case === 'description') offers += 1;
      }
    });
  });
}
