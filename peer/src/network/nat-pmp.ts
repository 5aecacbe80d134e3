import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Gateway, pmpNat } from '@achingbrain/nat-port-mapper';

/** Lifetime asked for, in seconds (RFC 6886, 3.3 recommends two hours), and when it is asked for again. */
const LIFETIME_SECONDS = 7_200;
const RENEW_MS = (LIFETIME_SECONDS / 2) * 1_000;

export interface Mapping {
  internalPort: number;
  externalHost: string;
  externalPort: number;
}

/** A router that maps UDP ports to this machine until it is stopped. */
export interface Router {
  map(port: number, signal: AbortSignal): AsyncIterable<Mapping>;
  stop(signal: AbortSignal): Promise<void>;
}

/**
 * The address of the default gateway, which is where NAT-PMP is spoken; null when there is none, or the system does not
 * say (other than Linux).
 */
export function defaultGateway(routes: string = readRoutes()): string | null {
  for (const line of routes.split('\n').slice(1)) {
    const [, destination, gateway, flags] = line.trim().split(/\s+/);
    const isUp = (Number.parseInt(flags ?? '0', 16) & 3) === 3;
    if (destination !== '00000000' || !gateway || !isUp) continue;
    return Buffer.from(gateway, 'hex').reverse().join('.');
  }
  return null;
}

function readRoutes(): string {
  try {
    return readFileSync('/proc/net/route', 'utf8');
  } catch {
    return '';
  }
}

/**
 * Speaks NAT-PMP (RFC 6886) with a router. Renewal is our own: the library takes the lifetime for milliseconds there and
 * for seconds on the wire.
 */
export function createNatPmpRouter(address: string): Router {
  const client: Gateway = pmpNat(address);
  // A taken port 5350 is reported this way and would end the process; requests then end by their signal.
  (client as unknown as EventEmitter).on('error', () => {});
  const ports = new Set<number>();
  const options = { protocol: 'udp', ttl: LIFETIME_SECONDS, autoRefresh: false } as const;
  let renewal: NodeJS.Timeout | undefined;

  async function renew(): Promise<void> {
    const signal = AbortSignal.timeout(RENEW_MS / 2);
    for (const port of ports)
      for await (const _mapping of client.mapAll(port, { ...options, signal })) {
        // The mapping is known; its lifetime begins anew.
      }
  }

  return {
    async *map(port, signal) {
      for await (const mapping of client.mapAll(port, { ...options, signal })) {
        ports.add(port);
        renewal ??= setInterval(() => void renew().catch(() => {}), RENEW_MS).unref();
        yield mapping;
      }
    },
    async stop(signal) {
      clearInterval(renewal);
      for (const port of ports) await client.unmap(port, { ...options, signal }).catch(() => {});
      ports.clear();
      await client.stop({ signal }).catch(() => {});
    },
  };
}
