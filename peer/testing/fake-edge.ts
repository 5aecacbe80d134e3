import { randomBytes, randomUUID } from 'node:crypto';
import {
  type CatalogUpdate,
  type ConnectRequest,
  type ConnectResponse,
  PeerEdgeServiceService,
  type PlaybackSignal,
  type Quotas,
  verifyRegistration,
} from '@giggityflix/proto';
import { type Metadata, Server, ServerCredentials, type ServerDuplexStream, status } from '@grpc/grpc-js';

type Call = ServerDuplexStream<ConnectRequest, ConnectResponse>;
type Body = NonNullable<ConnectRequest['message']>;
type Kind = Body['$case'];

/** An edge that keeps what it receives, and does as its test says. */
export interface FakeEdge {
  address: string;
  port: number;
  /** What peers sent since the start, registrations left out. */
  received: { sequence: number; message: Body }[];
  connections: number;
  /** What the peer shares, by its announcements on the current connection; null before the first complete one. */
  shared(): Set<string> | null;
  of<K extends Kind>(kind: K): Extract<Body, { $case: K }>['value'][];
  /** Whether messages are acknowledged; true at first. */
  acknowledge: boolean;
  /** Hears what the peer signals to viewers. */
  onSignal: (signal: PlaybackSignal) => void;
  /** A status for the next registrations. */
  refuse: { code: status; details: string; metadata?: Metadata } | null;
  /** What registrations had as `enrolment_token`. */
  enrolmentTokens: string[];
  send(message: NonNullable<ConnectResponse['message']>): void;
  /** Breaks the connection without a word. */
  cut(): void;
  stop(): Promise<void>;
}

export async function startFakeEdge(
  options: {
    port?: number;
    maxMessageBytes?: number;
    connectionId?: string;
    quotas?: Quotas;
    credentials?: ServerCredentials;
  } = {},
): Promise<FakeEdge> {
  const server = new Server({ 'grpc.max_receive_message_length': 16 * 1_048_576 });
  let current: Call | null = null;
  let shared: Set<string> | null = null;
  let parts: CatalogUpdate[] = [];

  const edge: FakeEdge = {
    address: '',
    port: 0,
    received: [],
    connections: 0,
    acknowledge: true,
    onSignal: () => {},
    refuse: null,
    enrolmentTokens: [],
    shared: () => shared,
    of: (kind) =>
      edge.received.flatMap(({ message }) => (message.$case === kind ? [message.value] : [])) as never,
    send: (message) => void current?.write({ message }),
    cut: () => void current?.emit('error', { code: status.UNAVAILABLE, details: 'cut' }),
    async stop() {
      server.forceShutdown();
    },
  };

  const connect = (call: Call) => {
    const nonce = randomBytes(32);
    let registered = false;
    call.on('error', () => {});
    call.on('end', () => call.end());
    call.write({ message: { $case: 'challenge', value: { nonce, edgeId: 'fake', protocolVersions: [1] } } });
    call.on('data', ({ sequence, message }: ConnectRequest) => {
      if (!message) return;
      if (message.$case === 'registration') {
        const { publicKey, signature, peerId, enrolmentToken } = message.value;
        edge.enrolmentTokens.push(enrolmentToken);
        const genuine = verifyRegistration(publicKey, signature, { nonce, edgeId: 'fake', peerId });
        const refusal =
          edge.refuse ?? (genuine ? null : { code: status.UNAUTHENTICATED, details: 'bad proof' });
        if (refusal) return void call.emit('error', refusal);
        registered = true;
        current = call;
        shared = null;
        parts = [];
        edge.connections += 1;
        call.write({
          message: {
            $case: 'registration',
            value: {
              connectionId: options.connectionId ?? randomUUID(),
              edgeId: 'fake',
              protocolVersion: 1,
              heartbeatIntervalSeconds: 30,
              timeoutSeconds: 120,
              maxMessageBytes: options.maxMessageBytes ?? 524_288,
              keySet: undefined,
              quotas: options.quotas,
            },
          },
        });
        return;
      }
      if (!registered || call !== current) return;
      edge.received.push({ sequence, message });
      if (message.$case === 'catalogUpdate') apply(message.value);
      if (message.$case === 'playbackSignal') edge.onSignal(message.value);
      if (edge.acknowledge && sequence > 0)
        call.write({ message: { $case: 'acknowledgement', value: { sequence } } });
    });
  };

  function apply(update: CatalogUpdate): void {
    if (update.full) {
      parts.push(update);
      if (!update.final) return;
      shared = new Set(parts.flatMap((part) => part.catalogIds.map((id) => id.toString('hex'))));
      parts = [];
      return;
    }
    for (const id of update.catalogIds) {
      if (shared?.has(id.toString('hex'))) throw new Error('announced twice');
      shared?.add(id.toString('hex'));
    }
    for (const id of update.removedCatalogIds)
      if (!shared?.delete(id.toString('hex'))) throw new Error('withdrawn without having been announced');
  }

  server.addService(PeerEdgeServiceService, { connect });
  edge.port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(
      `127.0.0.1:${options.port ?? 0}`,
      options.credentials ?? ServerCredentials.createInsecure(),
      (error, port) => (error ? reject(error) : resolve(port)),
    ),
  );
  edge.address = `127.0.0.1:${edge.port}`;
  return edge;
}
