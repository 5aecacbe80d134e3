import { randomUUID } from 'node:crypto';
import { type Endpoint, type Family, familyOf } from '../endpoints/endpoint.ts';
import { createExpiry } from './expiry.ts';
import type { Registration, Registrations, RegistrationsConfig } from './registrations.ts';
import { SWEEP_INTERVAL_MS } from './registrations.ts';

interface Entry extends Registration {
  expiresAt: number;
  /** Until when it counts as proven. */
  provenUntil: number;
}

/** Most tokens kept: those that have not expired. */
const MAX_TOKENS = 200_000;

/** Registrations in the memory of one process, which must be the only one. */
export function createEmbeddedRegistrations(
  config: RegistrationsConfig,
  deps: { now?: () => number } = {},
): Registrations & { sweep(): void; remove(endpoint: Endpoint): void } {
  const now = deps.now ?? Date.now;
  const instance = randomUUID();
  /** The one entry of an address, or several by port: nearly every address has one. */
  const byAddress = new Map<string, Entry | Map<number, Entry>>();
  /** A peer has an endpoint for each version of IP. */
  const byPeer: Record<Family, Map<string, Entry>> = { 4: new Map(), 6: new Map() };
  const tokens = new Map<string, { address: string; untilMs: number }>();
  const expiry = createExpiry<Entry>({ slotMs: SWEEP_INTERVAL_MS });
  let timer: NodeJS.Timeout | undefined;

  let size = 0;

  const isLive = (entry: Entry) => entry.expiresAt > now();
  const find = ({ address, port }: Endpoint): Entry | undefined => {
    const found = byAddress.get(address);
    if (found instanceof Map) return found.get(port);
    return found?.port === port ? found : undefined;
  };
  const drop = (entry: Entry) => {
    if (find(entry) !== entry) return;
    size -= 1;
    entry.expiresAt = 0;
    unlinkPeer(entry);
    const others = byAddress.get(entry.address);
    if (others instanceof Map && others.size > 1) others.delete(entry.port);
    else byAddress.delete(entry.address);
  };
  const linkPeer = (entry: Entry) => {
    if (entry.peerId !== null) byPeer[familyOf(entry.address)].set(entry.peerId, entry);
  };
  const unlinkPeer = (entry: Entry) => {
    if (entry.peerId === null) return;
    const peers = byPeer[familyOf(entry.address)];
    if (peers.get(entry.peerId) === entry) peers.delete(entry.peerId);
  };
  const linkAddress = (entry: Entry): boolean => {
    const others = byAddress.get(entry.address);
    if (others === undefined) byAddress.set(entry.address, entry);
    else if (others instanceof Map) {
      if (others.size >= config.maxPerAddress) return false;
      others.set(entry.port, entry);
    } else {
      if (config.maxPerAddress < 2) return false;
      byAddress.set(
        entry.address,
        new Map([
          [others.port, others],
          [entry.port, entry],
        ]),
      );
    }
    return true;
  };
  const sweep = () => {
    const time = now();
    for (const entry of expiry.due(time)) {
      if (entry.expiresAt > time) expiry.add(entry, entry.expiresAt);
      else drop(entry);
    }
    for (const [digest, { untilMs }] of tokens) {
      if (untilMs > time) break;
      tokens.delete(digest);
    }
  };

  return {
    alone: true,
    instance,
    size: () => size,
    put(registration) {
      const { peerId, address, port } = registration;
      const time = now();
      const holder = peerId === null ? undefined : byPeer[familyOf(address)].get(peerId);
      const moved = holder !== undefined && (holder.port !== port || holder.address !== address);
      // Sources are forged: what a token vouched for changes only with a token, even at the same endpoint.
      if (holder?.vouched && holder.expiresAt > time && !registration.vouched) return 'taken';
      const known = find(registration);
      if (known) {
        const outranked = known.expiresAt > time && outranks(known, registration, time);
        if (outranked && known.peerId !== peerId) return 'taken';
        known.expiresAt = time + config.ttlMs;
        // A refresh with less proof, perhaps a forged one, extends the registration and changes nothing else.
        if (outranked) return 'registered';
        if (known.peerId !== peerId) unlinkPeer(known);
        known.peerId = peerId;
        known.local = registration.local;
        known.proven = registration.proven;
        known.provenUntil = registration.proven ? known.expiresAt : 0;
        known.vouched = registration.vouched;
        linkPeer(known);
      } else {
        if (size >= config.max) return 'full';
        const { local, proven, vouched } = registration;
        const entry = {
          address,
          port,
          peerId,
          local,
          proven,
          vouched,
          instance,
          expiresAt: time + config.ttlMs,
          provenUntil: proven ? time + config.ttlMs : 0,
        };
        if (!linkAddress(entry)) return 'full';
        size += 1;
        linkPeer(entry);
        expiry.add(entry, entry.expiresAt);
      }
      // A peer has one endpoint: the one its NAT gave it before must not make its address ambiguous.
      if (moved) drop(holder);
      return 'registered';
    },
    at(endpoint) {
      const entry = find(endpoint);
      return entry && isLive(entry) ? entry : null;
    },
    byId(peerId, family) {
      const entry = byPeer[family].get(peerId);
      return entry && isLive(entry) ? entry : null;
    },
    byAddress(address, exceptPort) {
      const entries = byAddress.get(address);
      if (entries === undefined) return [];
      const found: Registration[] = [];
      for (const entry of entries instanceof Map ? entries.values() : [entries]) {
        if (entry.port === exceptPort || !isLive(entry)) continue;
        found.push(entry);
        if (found.length === 2) break;
      }
      return found;
    },
    claimToken(digest, address, untilMs) {
      const claimed = tokens.get(digest);
      if (claimed && claimed.untilMs > now()) return claimed.address === address;
      if (tokens.size >= MAX_TOKENS) return false;
      tokens.set(digest, { address, untilMs });
      return true;
    },
    async relay() {
      throw new Error('there is no other instance');
    },
    onRelay() {},
    remove(endpoint) {
      const entry = find(endpoint);
      if (entry) drop(entry);
    },
    sweep,
    async start() {
      timer = setInterval(sweep, SWEEP_INTERVAL_MS).unref();
    },
    async stop() {
      clearInterval(timer);
    },
    async check() {},
  };
}

function outranks(known: Entry, registration: Omit<Registration, 'instance'>, time: number): boolean {
  return (known.vouched && !registration.vouched) || (known.provenUntil > time && !registration.proven);
}
