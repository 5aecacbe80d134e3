import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { withDeadline } from '@giggityflix/kernel';
import {
  type ConnectRequest,
  type ConnectResponse,
  type DeepPartial,
  derivePeerId,
  PeerEdgeServiceClient,
  RegistrationRequest,
  rawPublicKey,
  signRegistration,
} from '@giggityflix/proto';
import { type ClientDuplexStream, credentials, type StatusObject } from '@grpc/grpc-js';

type Incoming = NonNullable<ConnectResponse['message']>;
type Outgoing = NonNullable<ConnectRequest['message']>;
type IncomingOf<C extends Incoming['$case']> = Extract<Incoming, { $case: C }>['value'];

/** How long a message is waited for before the test fails, in milliseconds; far longer than any takes. */
const NEXT_MS = 20_000;

export interface TestPeer {
  readonly peerId: string;
  readonly privateKey: KeyObject;
  readonly call: ClientDuplexStream<ConnectRequest, ConnectResponse>;
  /** Everything received, in order. */
  readonly received: Incoming[];
  /** How the call ended. */
  readonly ended: Promise<StatusObject>;
  /** Waits for the next message of a kind that was not returned before. */
  next<C extends Incoming['$case']>(kind: C): Promise<IncomingOf<C>>;
  send(message: Outgoing, sequence?: number): void;
  /** Answers the challenge; `changes` make the request invalid. Resolves once accepted, rejects with the status otherwise. */
  register(changes?: DeepPartial<RegistrationRequest>): Promise<IncomingOf<'registration'>>;
  /** Breaks the connection without closing the stream. */
  vanish(): void;
  /** Half-closes the stream; resolves with its status. */
  leave(): Promise<StatusObject>;
}

export interface TestPeerOptions {
  port: number;
  peerId?: string;
  privateKey?: KeyObject;
  channelCredentials?: ReturnType<typeof credentials.createInsecure>;
}

/** A peer over real gRPC on a connection of its own. */
export function createTestPeer(options: TestPeerOptions): TestPeer {
  const privateKey = options.privateKey ?? generateKeyPairSync('ed25519').privateKey;
  const publicKey = rawPublicKey(privateKey);
  const peerId = options.peerId ?? derivePeerId(publicKey);
  const client = new PeerEdgeServiceClient(
    `localhost:${options.port}`,
    options.channelCredentials ?? credentials.createInsecure(),
    { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_retries': 0 },
  );
  const call = client.connect();
  const received: Incoming[] = [];
  const taken = new Set<Incoming>();
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const check of [...waiting]) check();
  };

  call.on('data', (response: ConnectResponse) => {
    if (response.message) received.push(response.message);
    wake();
  });
  call.on('error', () => {});
  let status: StatusObject | null = null;
  const ended = new Promise<StatusObject>((resolve) => {
    call.on('status', (given: StatusObject) => {
      status = given;
      client.close();
      resolve(given);
      wake();
    });
  });

  const arrival = <C extends Incoming['$case']>(kind: C) =>
    new Promise<IncomingOf<C>>((resolve, reject) => {
      const check = () => {
        const found = received.find((message) => message.$case === kind && !taken.has(message));
        if (!found && status === null) return;
        waiting.delete(check);
        if (!found) return reject(Object.assign(new Error(`${status?.code} ${status?.details}`), status));
        taken.add(found);
        resolve(found.value as never);
      };
      waiting.add(check);
      check();
    });

  const next: TestPeer['next'] = (kind) => withDeadline(arrival(kind), NEXT_MS, `waiting for a ${kind}`);

  return {
    peerId,
    privateKey,
    call,
    received,
    ended,
    next,
    send: (message, sequence = 0) => void call.write({ sequence, message }),
    async register(changes = {}) {
      const { nonce, edgeId } = await next('challenge');
      const value = RegistrationRequest.fromPartial({
        peerId,
        publicKey,
        signature: signRegistration(privateKey, { nonce, edgeId, peerId: changes.peerId ?? peerId }),
        protocolVersion: 1,
        userAgent: 'test',
        ...changes,
      });
      call.write({ sequence: 0, message: { $case: 'registration', value } });
      return next('registration');
    },
    vanish: () => call.cancel(),
    leave() {
      call.end();
      return ended;
    },
  };
}
