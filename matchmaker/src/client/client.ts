import { createSecretKey } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Endpoint, familyOf, parseEndpoint } from '../endpoints/endpoint.ts';
import { looksLikePacket } from './packet.ts';
import { type Attempt, createAttempt, type Path } from './path.ts';
import { TIMING, type Timing } from './timing.ts';

export interface PunchClientOptions {
  /** The matchmaker, by IP address. */
  server: Endpoint;
  peerId: string;
  /**
   * Asked for at each registration, as tokens end, and once more with `refused` when the server did not take one, as after a
   * change of address; omitted where the server wants none. {@link createPeerToken} makes such a function.
   */
  token?: (refused: boolean) => string | Promise<string>;
  /** Called when another peer opened a path to this one. */
  onPath?: (path: Path) => void;
  timing?: Partial<Timing>;
}

export interface PunchClient {
  /** Registers; resolves with the public endpoint the server sees. Rejects when it refuses or does not answer. */
  start(): Promise<Endpoint>;
  /** Opens a path; rejects with the server's reason, or when the NATs let nothing through: then a TURN relay is needed. */
  connect(peerId: string): Promise<Path>;
  stop(): Promise<void>;
}

/** Most rendezvous in progress or in use at once. */
const MAX_ATTEMPTS = 256;

interface Waiter {
  wants(message: Record<string, unknown>): boolean;
  resolve(message: Record<string, unknown>): void;
  reject(error: Error): void;
}

/** A peer's side of hole punching. One socket serves all, because a NAT's mapping belongs to one port. */
export function createPunchClient(options: PunchClientOptions): PunchClient {
  const { server, peerId, onPath = () => {} } = options;
  const timing: Timing = { ...TIMING, ...options.timing };
  const socket = createSocket(familyOf(server.address) === 6 ? 'udp6' : 'udp4');
  const attempts = new Map<string, Attempt & { peerId: string }>();
  const waiters = new Set<Waiter>();
  let local: Endpoint = { address: '', port: 0 };
  let cookie = '';
  let refresh: NodeJS.Timeout | undefined;

  const send = (payload: Buffer | string, to: Endpoint) =>
    socket.send(payload, to.port, to.address, () => {});

  /** Sends until the server answers with what is wanted, or with an error. */
  async function ask(message: object, wants: Waiter['wants']): Promise<Record<string, unknown>> {
    const answer = Promise.withResolvers<Record<string, unknown>>();
    const waiter: Waiter = { wants, resolve: answer.resolve, reject: answer.reject };
    waiters.add(waiter);
    let tries = 0;
    let timer: NodeJS.Timeout | undefined;
    const attempt = () => {
      if (tries >= timing.serverTries) return answer.reject(new Error('the matchmaker does not answer'));
      send(JSON.stringify(message), server);
      timer = setTimeout(attempt, timing.serverRetryMs * 2 ** tries);
      tries += 1;
    };
    attempt();
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      waiters.delete(waiter);
    }
  }

  async function register(refused = false): Promise<Endpoint> {
    const message = {
      type: 'register',
      peer_id: peerId,
      token: await options.token?.(refused),
      local: [local.address, local.port],
      cookie,
    };
    let answer: Record<string, unknown>;
    try {
      answer = await ask(message, ({ type }) => type === 'your_addr');
    } catch (error) {
      if (!options.token || refused) throw error;
      return register(true);
    }
    if (typeof answer.cookie === 'string') cookie = answer.cookie;
    const observed = parseEndpoint(answer.addr);
    if (!observed) throw new Error('the matchmaker answered with something that is no address');
    return observed;
  }

  function fromServer(datagram: Buffer): void {
    let message: Record<string, unknown>;
    try {
      message = JSON.parse(datagram.toString());
    } catch {
      return;
    }
    if (message.type === 'peer') begin(message);
    for (const waiter of waiters) {
      if (message.type === 'error') waiter.reject(new Error(String(message.msg)));
      else if (waiter.wants(message)) waiter.resolve(message);
    }
  }

  /** Both sides get each other's endpoint, and both begin at once. */
  function begin({ peer, local: theirs, peer_id, key }: Record<string, unknown>): void {
    const endpoint = parseEndpoint(peer);
    if (!endpoint || typeof peer_id !== 'string' || typeof key !== 'string') return;
    if (attempts.has(key) || attempts.size >= MAX_ATTEMPTS) return;
    const inside = parseEndpoint(theirs);
    const attempt = createAttempt({
      self: peerId,
      peerId: peer_id,
      key: createSecretKey(key, 'base64url'),
      candidates: inside ? [endpoint, inside] : [endpoint],
      send,
      timing,
    });
    attempts.set(key, { ...attempt, peerId: peer_id });
    attempt.path.then(onPath, () => attempts.delete(key));
  }

  socket.on('message', (datagram, { address, port }) => {
    if (looksLikePacket(datagram)) {
      for (const attempt of attempts.values()) if (attempt.receive(datagram, { address, port })) return;
    } else if (address === server.address && port === server.port) fromServer(datagram);
  });
  // An unreachable candidate is an error of the socket on some systems; the others still work.
  socket.on('error', () => {});

  return {
    async start() {
      socket.bind(0);
      await once(socket, 'listening');
      local = { address: await localAddressTowards(server), port: socket.address().port };
      const observed = await register();
      // The second registration returns the cookie, which shows that this address receives.
      await register();
      refresh = setInterval(() => void register().catch(() => {}), timing.refreshMs).unref();
      return observed;
    },
    async connect(target) {
      const { key } = await ask(
        { type: 'connect', target_id: target },
        (message) => message.type === 'peer' && message.peer_id === target,
      );
      const attempt = attempts.get(String(key));
      if (!attempt) throw new Error(`${target} does not support probing`);
      return attempt.path;
    },
    async stop() {
      clearInterval(refresh);
      for (const attempt of attempts.values()) attempt.close();
      for (const waiter of waiters) waiter.reject(new Error('stopped'));
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

/** The address this machine uses towards another, which is its private one behind a NAT. */
async function localAddressTowards(server: Endpoint): Promise<string> {
  const socket = createSocket(familyOf(server.address) === 6 ? 'udp6' : 'udp4');
  try {
    socket.connect(server.port, server.address);
    await once(socket, 'connect');
    return socket.address().address;
  } finally {
    socket.close();
  }
}
