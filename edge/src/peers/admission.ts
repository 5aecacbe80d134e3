import { createAddressCap } from '@giggityflix/http/address-cap';
import { createRateLimiter } from '@giggityflix/kernel';
import { addressNetworkOf } from './network.ts';

/** Limits on who may try to register, so that a flood from one address leaves the others unaffected. */
export interface AdmissionConfig {
  /** Most registered peers and streams on their way to be. */
  maxPeers: number;
  /** Most of them from one address, or one /64 of IPv6; 0 for no limit. */
  maxPeersPerNetwork: number;
  /** Attempts one address may make per second, averaged; 0 for no limit. */
  attemptsPerSecond: number;
  /** Attempts one address may make at once. */
  burst: number;
}

/** `leave` is to be called once the admitted stream has ended. */
export type Admission = { admitted: true; leave(): void } | { admitted: false; reason: string };

/** A token bucket and a count for each network. `address` is `host:port` as gRPC has it; the port does not count. */
export function createAdmission(config: AdmissionConfig) {
  const attempts = createRateLimiter({ perSecond: config.attemptsPerSecond, burst: config.burst });
  const streamsOf = createAddressCap(config.maxPeersPerNetwork);
  return {
    /** Whether one more stream from `address` may try, given how many there are. */
    admit(address: string, streams: number): Admission {
      if (streams >= config.maxPeers)
        return { admitted: false, reason: `this edge holds its ${config.maxPeers} peers; try another` };
      const network = addressNetworkOf(address);
      const leave = streamsOf.enter(network);
      if (!leave)
        return {
          admitted: false,
          reason: `this edge holds its ${config.maxPeersPerNetwork} peers of your address; try another`,
        };
      if (attempts.take(network) === null) return { admitted: true, leave };
      leave();
      return { admitted: false, reason: 'too many registrations from your address; wait and try again' };
    },
  };
}

export type AdmissionControl = ReturnType<typeof createAdmission>;
