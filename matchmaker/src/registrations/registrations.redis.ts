import { randomUUID } from 'node:crypto';
import type { Logger } from '@giggityflix/kernel';
import type { RedisConfig } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { type Endpoint, familyOf, keyOf } from '../endpoints/endpoint.ts';
import { type MatchmakerCommands, SCRIPTS } from './redis-scripts.ts';
import { createEmbeddedRegistrations } from './registrations.embedded.ts';
import type { Registration, Registrations, RegistrationsConfig } from './registrations.ts';

const CHANNEL = 'matchmaker:relay:';

/**
 * Registrations that every instance finds. Each instance also keeps its own clients in memory: nearly
 * every request comes from one of them.
 */
export function createRedisRegistrations(
  config: RegistrationsConfig,
  deps: { redis: RedisConfig; logger: Logger },
): Registrations {
  const { logger } = deps;
  const own = createEmbeddedRegistrations(config);
  const client = createRedis(deps.redis);
  const listener = createRedis(deps.redis);
  for (const [name, script] of Object.entries(SCRIPTS)) client.defineCommand(name, script);
  const redis = client as typeof client & MatchmakerCommands;
  const instance = randomUUID();
  for (const connection of [client, listener])
    connection.on('error', (error: Error) => logger.warn({ err: error }, 'Redis cannot be reached'));

  async function put(registration: Omit<Registration, 'instance'>) {
    const outcome = await own.put(registration);
    if (outcome !== 'registered') return outcome;
    // As it is kept: one with less proof has not replaced what is there.
    const value = encode({ ...registration, ...(await own.at(registration)), instance });
    const { peerId } = registration;
    if (peerId !== null) {
      const replaced = await redis.matchmakerPutPeer(
        peerKey(peerId, registration.address),
        keyOf(registration),
        registration.vouched ? '1' : '0',
        config.ttlMs,
        value,
      );
      if (replaced === 'taken') {
        own.remove(registration);
        return 'taken';
      }
      if (replaced !== '') await remove(replaced);
    }
    const kept = await redis.matchmakerPutAddress(
      ...addressKeys(registration.address),
      registration.port,
      config.ttlMs,
      config.maxPerAddress,
      value,
    );
    if (kept === 1) return 'registered';
    own.remove(registration);
    return 'full';
  }

  async function remove(endpointKey: string): Promise<void> {
    const [address, port] = endpointKey.split(' ') as [string, string];
    await redis.matchmakerRemove(...addressKeys(address), port);
  }

  async function at(endpoint: Endpoint): Promise<Registration | null> {
    const local = await own.at(endpoint);
    if (local) return { ...local, instance };
    const value = await redis.matchmakerAtEndpoint(...addressKeys(endpoint.address), endpoint.port);
    return value === null ? null : decode(value);
  }

  return {
    alone: false,
    instance,
    size: own.size,
    put,
    at,
    async byId(peerId, family) {
      const value = await redis.hget(`matchmaker:{${family} ${peerId}}`, 'value');
      return value === null ? null : decode(value);
    },
    async byAddress(address, exceptPort) {
      const values = await redis.matchmakerAtAddress(...addressKeys(address));
      return values
        .filter((value) => value !== null)
        .map(decode)
        .filter(({ port }) => port !== exceptPort)
        .slice(0, 2);
    },
    async claimToken(digest, address, untilMs) {
      const ttlMs = Math.max(1, Math.ceil(untilMs - Date.now()));
      return (await redis.matchmakerClaimToken(`matchmaker:token:{${digest}}`, address, ttlMs)) === address;
    },
    async relay(registration, message) {
      await redis.publish(
        CHANNEL + registration.instance,
        JSON.stringify({ to: encode(registration), message }),
      );
    },
    onRelay(handler) {
      listener.on('message', (_channel: string, text: string) => {
        const { to, message } = JSON.parse(text) as { to: string; message: string };
        handler(decode(to), message);
      });
    },
    async start() {
      await Promise.all([client.connect(), listener.connect()]);
      await listener.subscribe(CHANNEL + instance);
      await own.start();
    },
    async stop() {
      await own.stop();
      client.disconnect();
      listener.disconnect();
    },
    async check() {
      await client.ping();
    },
  };
}

function peerKey(peerId: string, address: string): string {
  return `matchmaker:{${familyOf(address)} ${peerId}}`;
}

function addressKeys(address: string): [string, string] {
  return [`matchmaker:{${address}}:ends`, `matchmaker:{${address}}:values`];
}

/** Written by instances of this service alone. */
function encode({ address, port, peerId, local, proven, vouched, instance }: Registration): string {
  return JSON.stringify([
    address,
    port,
    peerId,
    local && [local.address, local.port],
    proven,
    vouched,
    instance,
  ]);
}

function decode(text: string): Registration {
  const [address, port, peerId, local, proven, vouched, instance] = JSON.parse(text) as [
    string,
    number,
    string | null,
    [string, number] | null,
    boolean,
    boolean,
    string,
  ];
  return {
    address,
    port,
    peerId,
    local: local && { address: local[0], port: local[1] },
    proven,
    vouched,
    instance,
  };
}
