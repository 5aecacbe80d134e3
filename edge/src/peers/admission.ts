import { createRateLimiter } from '@giggityflix/kernel';
import { hostOf } from './network.ts';

/** Limits on who may try to register, so that a flood from one address leaves the others unaffected. */
export interface AdmissionConfig {
  /** Most registered peers and streams on their way to be. */
  maxPeers: number;
  /** Attempts one address may make per second, averaged; 0 for no limit. */
  attemptsPerSecond: number;
  /** Attempts one address may make at once. */
  burst: number;
}

export type Admission = { admitted: true } | { admitted: false; reason: string };

/** A token bucket for each host. `address` is `host:port` as gRPC has it; the port does not count. */
export function createAdmission(config: AdmissionConfig) {
  const attempts = createRateLimiter({ perSecond: config.attemptsPerSecond, burst: config.burst });
  return {
    /** Whether one more stream from `address` may try, given how many there are. */
    admit(address: string, streams: number): Admission {
      if (streams >= config.maxPeers)
        return { admitted: false, reason: `this edge holds its ${config.maxPeers} peers; try another` };
      if (attempts.take(hostOf(address)) !== null)
        return { admitted: false, reason: 'too many registrations from your address; wait and try again' };
      return { admitted: true };
    },
  };
}

export type AdmissionControl = ReturnType<typeof createAdmission>;
