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

/** Addresses remembered; beyond it the longest untouched are forgotten. */
const MAX_ADDRESSES = 50_000;

/** Token buckets by address. `address` is `host:port` as gRPC tells it; the port does not count. */
export function createAdmission(config: AdmissionConfig, now: () => number = Date.now) {
  const buckets = new Map<string, { tokens: number; at: number }>();

  const take = (host: string): boolean => {
    if (config.attemptsPerSecond === 0) return true;
    const time = now();
    const known = buckets.get(host);
    const refilled = known
      ? Math.min(config.burst, known.tokens + ((time - known.at) / 1_000) * config.attemptsPerSecond)
      : config.burst;
    buckets.delete(host);
    buckets.set(host, { tokens: refilled >= 1 ? refilled - 1 : refilled, at: time });
    if (buckets.size > MAX_ADDRESSES) buckets.delete(buckets.keys().next().value as string);
    return refilled >= 1;
  };

  return {
    /** Whether one more stream from `address` may try, given how many there are. */
    admit(address: string, streams: number): Admission {
      if (streams >= config.maxPeers)
        return { admitted: false, reason: `this edge holds its ${config.maxPeers} peers; try another` };
      if (!take(hostOf(address)))
        return { admitted: false, reason: 'too many registrations from your address; wait and try again' };
      return { admitted: true };
    },
  };
}

export type AdmissionControl = ReturnType<typeof createAdmission>;

/** The host of `host:port`; IPv6 addresses come without brackets, so the last colon divides. */
function hostOf(address: string): string {
  const colon = address.lastIndexOf(':');
  return colon > 0 ? address.slice(0, colon) : address;
}
