import { type Endpoint, octetsOf, type Scope, scopeOf } from '../endpoints/endpoint.ts';
import { createRateCheck, PERIOD_MS, type RateLimit, type Usage } from './rate.ts';
import { createRecentMap } from './recent.ts';
import { type Balance, earn, newBalance, spend } from './reflection.ts';

/** Computed once for an address, not for each of its datagrams. */
export interface Sender {
  readonly scope: Scope;
  readonly octets: Uint8Array;
}

export interface SendersConfig {
  /** For one address and port. */
  sourceLimit: RateLimit;
  /** For all sources of one address (of one /64 of IPv6) together. */
  networkLimit: RateLimit;
  /** Whether answers to unproven addresses are held to what came from them. */
  limitReflection: boolean;
}

/** Who has sent lately, how much, and what may go back. Times are milliseconds, monotonic. */
export interface Senders {
  /** Counts a datagram; null for one beyond the limits. */
  admit(source: Endpoint, bytes: number, now: number): Sender | null;
  /** Whether so many bytes may go to an address that has not shown that it receives; counts them if so. */
  spend(address: string, bytes: number, now: number): boolean;
  start(): void;
  stop(): void;
}

/** Most of each kind kept; about 450 bytes for an address, 100 for a source. */
const MAX_ADDRESSES = 200_000;
const MAX_SOURCES = 400_000;

type Network = Usage & Balance;

interface Known extends Sender {
  /** Of IPv4, where each address counts for itself. */
  network: Network;
  /** Of IPv4: the address as a number; -1 for IPv6. */
  number: number;
  /** Of IPv6: the /64, which is what one party can be assumed to hold. */
  prefix: string;
}

export function createSenders(config: SendersConfig): Senders {
  const { sourceLimit, networkLimit, limitReflection } = config;
  const allowSource = createRateCheck(sourceLimit);
  const allowNetwork = createRateCheck(networkLimit);
  const addresses = createRecentMap<string, Known>(MAX_ADDRESSES);
  const networks = createRecentMap<string, Network>(MAX_ADDRESSES);
  const sources = createRecentMap<number | string, Usage>(MAX_SOURCES);
  let timer: NodeJS.Timeout | undefined;
  let time = 0;

  const unused = (): Usage => ({ unusedAt: 0 });
  const newNetwork = (): Network => ({ unusedAt: 0, ...newBalance(time) });
  const describe = (address: string): Known => {
    const octets = octetsOf(address);
    const ipv4 = octets.length === 4;
    return {
      scope: scopeOf(address),
      octets,
      network: newNetwork(),
      number: ipv4 ? new DataView(octets.buffer, octets.byteOffset).getUint32(0) : -1,
      prefix: ipv4 ? '' : Buffer.from(octets.subarray(0, 8)).toString('hex'),
    };
  };
  const networkOf = (known: Known) =>
    known.number < 0 ? networks.of(known.prefix, newNetwork) : known.network;
  /** A number where it fits one (48 bits), which costs less than a text. */
  const sourceKey = (known: Known, { address, port }: Endpoint) =>
    known.number < 0 ? `${address} ${port}` : known.number * 65_536 + port;

  return {
    admit(source, bytes, now) {
      time = now;
      const known = addresses.of(source.address, describe);
      const network = networkOf(known);
      earn(network, bytes);
      // The source's own limit comes first, so that one flooder does not use up its neighbours' share.
      if (sourceLimit.perSecond > 0 && !allowSource(sources.of(sourceKey(known, source), unused), now))
        return null;
      return allowNetwork(network, now) ? known : null;
    },
    spend(address, bytes, now) {
      time = now;
      return !limitReflection || spend(networkOf(addresses.of(address, describe)), bytes, now);
    },
    start() {
      timer = setInterval(() => {
        for (const recent of [addresses, networks, sources]) recent.rotate();
      }, PERIOD_MS).unref();
    },
    stop() {
      clearInterval(timer);
    },
  };
}
