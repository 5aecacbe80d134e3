import { upnpNat } from '@achingbrain/nat-port-mapper';
import { type Logger, READY, type Service } from '@giggityflix/platform';

/** How long to look for a router that answers. */
const SEARCH_MS = 10_000;
/** Routers forget a mapping after this unless it is renewed; the library renews it in time. */
const LEASE_MS = 60 * 60_000;
/** A stop does not wait longer for a router to take its mappings back; they lapse by themselves. */
const UNMAP_MS = 1_500;

export interface PortMappingStatus {
  state: 'off' | 'searching' | 'mapped' | 'none';
  /** Ports that are reachable from outside, as the router says. */
  mapped: { internalPort: number; externalHost: string; externalPort: number }[];
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
  deps: { logger: Logger; findRouters?: FindRouters },
): PortMapping {
  const stopping = new AbortController();
  const current: PortMappingStatus = { state: 'off', mapped: [], reason: null };
  let routers: { stop(options?: { signal?: AbortSignal }): Promise<void> }[] = [];
  let work: Promise<void> = Promise.resolve();

  async function map(): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(SEARCH_MS)]);
    const client = (deps.findRouters ?? upnpNat)({
      ttl: LEASE_MS,
      autoRefresh: true,
      description: 'giggityflix',
    });
    for await (const router of client.findGateways({ signal })) {
      routers.push(router);
      for (const port of config.ports) {
        for await (const mapping of router.mapAll(port, { protocol: 'udp', signal })) {
          const { internalPort, externalHost, externalPort } = mapping;
          current.mapped.push({ internalPort, externalHost, externalPort });
        }
      }
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
              'no port mapping by UPnP: viewers connect through STUN and TURN',
            );
        });
    },
    async stop() {
      stopping.abort();
      await work;
      const signal = AbortSignal.timeout(UNMAP_MS);
      await Promise.allSettled(routers.map((router) => router.stop({ signal })));
      routers = [];
    },
    ready: () => READY,
    status: () => ({ ...current }),
  };
}
