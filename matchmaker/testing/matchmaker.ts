import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createLogger, withDeadline } from '@giggityflix/kernel';
import { createMatchmaker, type Matchmaker, openRegistrations, readEnvironment } from '../src/index.ts';

/** How long a datagram is waited for before the test fails, in milliseconds; far longer than any takes. */
const NEXT_MS = 20_000;

/** A matchmaker on loopback and a free port, with variables on top of the defaults. */
export async function startMatchmaker(env: Record<string, string> = {}): Promise<Matchmaker> {
  const config = readEnvironment({
    MATCHMAKER_HOST: '127.0.0.1',
    MATCHMAKER_PORT: '0',
    HOST: '127.0.0.1',
    HTTP_PORT: '0',
    STATE: 'embedded',
    AUTH_MODE: 'demo',
    ...env,
  });
  const logger = createLogger({ service: 'test', level: 'silent' });
  const registrations = await openRegistrations(config, { logger });
  const matchmaker = createMatchmaker(config, { registrations, logger });
  await matchmaker.start();
  return matchmaker;
}

/** A bare UDP client: nothing of this package's client code, so that it cannot share its mistakes. */
export interface TestClient {
  readonly address: string;
  readonly port: number;
  send(payload: string | Buffer | object): void;
  /** The next datagram that was not read yet. */
  next(): Promise<Buffer>;
  nextJson(): Promise<Record<string, unknown>>;
  /** Sends and reads the response. */
  ask(payload: string | Buffer | object): Promise<Record<string, unknown>>;
  /** How many datagrams wait to be read. */
  readonly waiting: number;
  /** Drops what was not read. */
  drain(): void;
  close(): void;
}

export async function createTestClient(
  matchmaker: Matchmaker,
  options: { host?: string; server?: number } = {},
): Promise<TestClient> {
  const host = options.host ?? '127.0.0.1';
  const server = matchmaker.addresses()[options.server ?? 0]!;
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const received: Buffer[] = [];
  let arrived = () => {};
  socket.on('message', (datagram) => {
    received.push(datagram);
    arrived();
  });
  // Datagrams beyond what the system takes are refused here, and are no concern of the tests.
  socket.on('error', () => {});
  socket.bind(0, host);
  await once(socket, 'listening');
  const next = async () => {
    while (received.length === 0)
      await withDeadline(
        new Promise<void>((resolve) => {
          arrived = resolve;
        }),
        NEXT_MS,
        'waiting for a datagram',
      );
    return received.shift() as Buffer;
  };
  const client: TestClient = {
    address: host,
    port: socket.address().port,
    get waiting() {
      return received.length;
    },
    send: (payload) =>
      socket.send(
        typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
        server.port,
        server.address,
      ),
    next,
    nextJson: async () => JSON.parse((await next()).toString()),
    ask(payload) {
      client.send(payload);
      return client.nextJson();
    },
    drain() {
      received.length = 0;
    },
    close: () => socket.close(),
  };
  return client;
}
