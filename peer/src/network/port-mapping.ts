import type { upnpNat } from '@achingbrain/nat-port-mapper';
import { type Logger, READY, type Service } from '@giggityflix/kernel';
import type { Mapping, Router } from './nat-pmp.ts';

/** How long to look for a router that answers UPnP, and how long the default gateway has to answer NAT-PMP. */
const SEARCH_MS = 10_000;
const NAT_PMP_MS = 2_000;
/** Routers forget a mapping after this unless it is renewed; the library renews it in time. */
const LEASE_MS = 60 * 60_000;
/** A stop does not wait longer for a router to take its mappings back; they expire by themselves. */
const UNMAP_MS = 1_500;

export interface PortMappingStatus {
  state: 'off' | 'searching' | 'mapped' | 'none';
  /** Ports that are reachable from outside, as the router says. */
  mapped: Mapping[];
  reason: string | null;
}

export interface PortMapping extends Service {
  status(): PortMappingStatus;
}

/** What finds routers; the library's `upnpNat` outside of tests. */
export type FindRouters = typeof upnpNat;

/**
 * Asks the router to let UDP in on the ports that WebRTC uses, so that viewers behind unfriendly NATs reach this peer
 * directly. It helps where it works: it never delays the start, and its failure is a line in the log.
 */
export function createPortMapping(
  config: { enabled: boolean; ports: readonly number[] },
  deps: { logger: Logger; findRouters?: FindRouters; gateway?: () => string | null },
): PortMapping {
  const stopping = new AbortController();
  const current: PortMappingStatus = { state: 'off', mapped: [], reason: null };
  const routers: Router[] = [];
  let work: Promise<void> = Promise.resolve();

  async function mapOn(router: Router, signal: AbortSignal): Promise<void> {
    routers.push(router);
    for (const port of config.ports)
      for await (const { internalPort, externalHost, externalPort } of router.map(port, signal))
        current.mapped.push({ internalPort, externalHost, externalPort });
  }

  async function map(): Promise<void> {
    // Loaded here, as what stands on SSDP and XML takes 4 MB and many peers have UPnP off.
    const { createNatPmpRouter, defaultGateway } = await import('./nat-pmp.ts');
    const within = (ms: number) => AbortSignal.any([stopping.signal, AbortSignal.timeout(ms)]);
    const address = (deps.gateway ?? defaultGateway)();
    // Most routers speak UPnP, but the library asks for its second version only; many of the others speak NAT-PMP.
    if (address) await mapOn(createNatPmpRouter(address), within(NAT_PMP_MS)).catch(() => {});
    if (current.mapped.length > 0 || stopping.signal.aborted) return;
    const signal = within(SEARCH_MS);
    const findRouters = deps.findRouters ?? (await import('@achingbrain/nat-port-mapper')).upnpNat;
    const client = findRouters({
      ttl: LEASE_MS,
      autoRefresh: true,
      description: 'giggityflix',
    });
    for await (const router of client.findGateways({ signal })) {
      await mapOn(
        {
          map: (port, signal) => router.mapAll(port, { protocol: 'udp', signal }),
          stop: (signal) => router.stop({ signal }),
        },
        signal,
      );
      if (current.mapped.length > 0) return;
    }
  }

  return {
    async start() {
      if (!config.enabled || config.ports.length === 0) return;
      current.state = 'searching';
      work = map()
        .catch((error: Error) => {
          current.reason = error.message;
        })
        .then(() => {
          if (stopping.signal.aborted) return;
          current.state = current.mapped.length > 0 ? 'mapped' : 'none';
          if (current.state === 'mapped')
            deps.logger.info({ mapped: current.mapped }, 'the router forwards ports');
          else
            deps.logger.info(
              { reason: current.reason ?? 'no router answered' },
              'no port mapping by UPnP or NAT-PMP: viewers connect through STUN and TURN',
            );
        });
    },
    async stop() {
      stopping.abort();
      await work;
      const signal = AbortSignal.timeout(UNMAP_MS);
      await Promise.allSettled(routers.splice(0).map((router) => router.stop(signal)));
    },
    ready: () => READY,
    status: () => ({ ...current }),
  };
}
