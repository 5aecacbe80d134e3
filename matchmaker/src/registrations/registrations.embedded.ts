import { randomUUID } from 'node:crypto';
import { type Endpoint, familyOf, keyOf } from '../endpoint.ts';
import { createExpiry } from './expiry.ts';
import type { Registration, Registrations, RegistrationsConfig } from './registrations.ts';
import { SWEEP_INTERVAL_MS } from './registrations.ts';

interface Entry extends Registration {
  expiresAt: number;
}

/** Most tokens remembered, that is, live ones shown within their lifetime. */
const MAX_TOKENS = 200_000;

/** Registrations in the memory of one process, which therefore is alone. */
export function createEmbeddedRegistrations(
  config: RegistrationsConfig,
  deps: { now?: () => number } = {},
): Registrations & { sweep(): void; remove(endpoint: Endpoint): void } {
  const now = deps.now ?? Date.now;
  const instance = randomUUID();
  const byEndpoint = new Map<string, Entry>();
  const byPeer = new Map<string, Entry>();
  /** The one entry of an address, or several: nearly every address has one. */
  const byAddress = new Map<string, Entry | Set<Entry>>();
  const tokens = new Map<string, { address: string; untilMs: number }>();
  const expiry = createExpiry<Entry>({ slotMs: SWEEP_INTERVAL_MS });
  let timer: NodeJS.Timeout | undefined;

  const isLive = (entry: Entry) => entry.expiresAt > now();
  const at = (endpoint: Endpoint): Entry | null => {
    const entry = byEndpoint.get(keyOf(endpoint));
    return entry && isLive(entry) ? entry : null;
  };
  const drop = (entry: Entry) => {
    byEndpoint.delete(keyOf(entry));
    entry.expiresAt = 0;
    unlinkPeer(entry);
    const others = byAddress.get(entry.address);
    if (others instanceof Set) {
      others.delete(entry);
      if (others.size === 0) byAddress.delete(entry.address);
    } else byAddress.delete(entry.address);
  };
  const unlinkPeer = (entry: Entry) => {
    if (entry.peerId === null) return;
    const key = peerKey(entry.peerId, entry.address);
    if (byPeer.get(key) === entry) byPeer.delete(key);
  };
  const linkAddress = (entry: Entry): boolean => {
    const others = byAddress.get(entry.address);
    if (others === undefined) byAddress.set(entry.address, entry);
    else if (others instanceof Set) {
      if (others.size >= config.maxPerAddress) return false;
      others.add(entry);
    } else {
      if (config.maxPerAddress < 2) return false;
      byAddress.set(entry.address, new Set([others, entry]));
    }
    return true;
  };
  const sweep = () => {
    const time = now();
    for (const entry of expiry.due(time)) {
      if (entry.expiresAt > time) expiry.add(entry, entry.expiresAt);
      else if (byEndpoint.get(keyOf(entry)) === entry) drop(entry);
    }
    for (const [digest, { untilMs }] of tokens) {
      if (untilMs > time) break;
      tokens.delete(digest);
    }
  };

  return {
    alone: true,
    instance,
    size: () => byEndpoint.size,
    put(registration) {
      const { peerId } = registration;
      const time = now();
      const holder = peerId === null ? undefined : byPeer.get(peerKey(peerId, registration.address));
      const moved =
        holder !== undefined &&
        (holder.port !== registration.port || holder.address !== registration.address);
      if (holder?.vouched && holder.expiresAt > time && moved && !registration.vouched) return 'taken';
      const known = byEndpoint.get(keyOf(registration));
      // A forged source must not take over what its true owner has proved.
      if (known && isLive(known) && known.peerId !== peerId && outranks(known, registration)) return 'taken';
      if (known) {
        if (known.peerId !== peerId) unlinkPeer(known);
        known.peerId = peerId;
        known.local = registration.local;
        known.proven = registration.proven;
        known.vouched = registration.vouched;
        known.expiresAt = time + config.ttlMs;
        if (peerId !== null) byPeer.set(peerKey(peerId, known.address), known);
      } else {
        if (byEndpoint.size >= config.max) return 'full';
        const entry: Entry = { ...registration, instance, expiresAt: time + config.ttlMs };
        if (!linkAddress(entry)) return 'full';
        byEndpoint.set(keyOf(entry), entry);
        if (peerId !== null) byPeer.set(peerKey(peerId, entry.address), entry);
        expiry.add(entry, entry.expiresAt);
      }
      // A peer is at one endpoint: the one its NAT gave it before must not make its address ambiguous.
      if (moved && byEndpoint.get(keyOf(holder)) === holder) drop(holder);
      return 'registered';
    },
    at,
    byId(peerId, family) {
      const entry = byPeer.get(`${family} ${peerId}`);
      return entry && isLive(entry) ? entry : null;
    },
    byAddress(address, exceptPort) {
      const entries = byAddress.get(address);
      if (entries === undefined) return [];
      const found: Registration[] = [];
      for (const entry of entries instanceof Set ? entries : [entries]) {
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
      const entry = byEndpoint.get(keyOf(endpoint));
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

function outranks(known: Registration, registration: Omit<Registration, 'instance'>): boolean {
  return (known.vouched && !registration.vouched) || (known.proven && !registration.proven);
}

/** A peer has an endpoint for each version of IP. */
function peerKey(peerId: string, address: string): string {
  return `${familyOf(address)} ${peerId}`;
}
