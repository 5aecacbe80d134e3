/** Simulated peers over real gRPC, each on a TCP connection of its own, light enough for thousands in a process. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  ConnectRequest,
  type ConnectResponse,
  derivePeerId,
  PeerEdgeServiceService,
  rawPublicKey,
  signRegistration,
} from '@giggityflix/proto';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';

export type Body = NonNullable<ConnectRequest['message']>;
type Answer = NonNullable<ConnectResponse['message']>;

export interface SimulatedPeer {
  peerId: string;
  call: ClientDuplexStream<ConnectRequest, ConnectResponse>;
  onMessage(message: Answer): void;
  send(message: Body, sequence?: number): void;
  close(): void;
}

const { path, requestSerialize, responseDeserialize } = PeerEdgeServiceService.connect;
const OPTIONS = { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_retries': 0, 'grpc.enable_channelz': 0 };

/** Opens a stream and registers it; resolves once the edge has accepted it. */
export function connectPeer(port: number, privateKey: KeyObject = newKey()): Promise<SimulatedPeer> {
  const publicKey = rawPublicKey(privateKey);
  const peerId = derivePeerId(publicKey);
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), OPTIONS);
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  const peer: SimulatedPeer = {
    peerId,
    call,
    onMessage: () => {},
    send: (message, sequence = 0) => void call.write({ sequence, message }),
    close() {
      call.cancel();
      client.close();
    },
  };
  return new Promise((resolve, reject) => {
    call.on('error', (error) => {
      client.close();
      reject(error);
    });
    call.on('data', ({ message }: ConnectResponse) => {
      if (message?.$case === 'challenge') {
        const { nonce, edgeId } = message.value;
        peer.send({
          $case: 'registration',
          value: {
            peerId,
            publicKey,
            signature: signRegistration(privateKey, { nonce, edgeId, peerId }),
            protocolVersion: 1,
            enrolmentToken: '',
            userAgent: 'simulated',
          },
        });
      } else if (message?.$case === 'registration') resolve(peer);
      else if (message) peer.onMessage(message);
    });
  });
}

/** Opens a stream to a server that sends back what it gets. */
export function connectEcho(port: number, onEcho: () => void) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), OPTIONS);
  const call = client.makeBidiStreamRequest(path, requestSerialize, (bytes: Buffer) =>
    ConnectRequest.decode(bytes),
  );
  call.on('data', onEcho);
  call.on('error', () => {});
  return {
    call,
    close() {
      call.cancel();
      client.close();
    },
  };
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}
