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
  /** What else it announces. */
  more?: readonly string[];
  /** What it answers a challenge with; undefined for nothing. */
  proof?: (challenge: HoldingChallenge) => Partial<HoldingProof>;
}

export interface Attacker {
  /** Offers of viewers that were sent to it, none of which it answers. */
  offers(): number;
  /** Resolves once the edge has the message, or has refused it. */
  send(message: Body): Promise<void>;
  leave(): void;
}

/** A fresh identity that announces a film it does not have; resolves once the edge has its announcement. */
export function attack({
  port,
  protocolVersion,
  catalogId,
  more = [],
  proof,
}: AttackerOptions): Promise<Attacker> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicKey = rawPublicKey(privateKey);
  const peerId = derivePeerId(publicKey);
  const client = new PeerEdgeServiceClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const call = client.connect();
  const send = (message: Body, sequence = 0) => void call.write({ sequence, message });
  let offers = 0;
  let sent = 1;
  const unanswered = new Map<number, () => void>();
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
          const catalogIds = [catalogId, ...more].map((id) => Buffer.from(id, 'hex'));
          const value = { catalogIds, removedCatalogIds: [], updateId: '' };
          return send({ $case: 'catalogUpdate', value: { ...value, full: true, final: true } }, 1);
        }
        case 'acknowledgement':
          for (const [sequence, answered] of unanswered)
            if (sequence <= message.value.sequence) {
              unanswered.delete(sequence);
              answered();
            }
          return resolve({
            offers: () => offers,
            send: (body) =>
              new Promise((answered) => {
                sent += 1;
                unanswered.set(sent, answered);
                send(body, sent);
              }),
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
