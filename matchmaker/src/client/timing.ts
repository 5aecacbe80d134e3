/**
 * When to send what. Both sides get the other's address within a round trip, and a probe that comes too early
 * is dropped by the other NAT but opens the own one (RFC 5128, section 3.3; Ford et al. 2005, section 3): so
 * probes go out densely at first and thinly later.
 */
export const TIMING = {
  /** Between probes in the first {@link TIMING.denseMs}. */
  denseProbeMs: 50,
  denseMs: 1_000,
  /** Between probes after that. */
  probeMs: 250,
  /** The end of an attempt: what has not worked by now needs a TURN relay. */
  attemptMs: 5_000,
  /** RFC 8445, section 11: NATs may remove a mapping after 30 s, and 15 s is twice as often. */
  keepaliveMs: 15_000,
  /** Keepalives without an answer before a path counts as lost. */
  keepalivesMissed: 3,
  /** Registrations end after 120 s, mappings towards the server as above. */
  refreshMs: 20_000,
  /** First wait for an answer of the server; doubles with each try (RFC 8489, section 6.2.1). */
  serverRetryMs: 500,
  serverTries: 5,
} as const;

export type Timing = { [name in keyof typeof TIMING]: number };
