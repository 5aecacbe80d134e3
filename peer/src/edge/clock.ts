/** A difference below this may be the network's; a larger one is this machine's clock. */
const TOLERANCE_MS = 5_000;

/** The time of the platform, for a machine whose own clock is wrong: tokens carry the platform's times. */
export interface PlatformClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** How far this machine's clock is behind the platform's, in milliseconds; 0 when they agree. */
  offsetMs(): number;
  /** Takes the time out of a connection id (UUIDv7, RFC 9562), which the edge has just made. */
  observe(connectionId: string): void;
}

export function createPlatformClock(localNow: () => number = Date.now): PlatformClock {
  let offset = 0;
  return {
    now: () => localNow() + offset,
    offsetMs: () => offset,
    observe(connectionId) {
      const hex = connectionId.replaceAll('-', '');
      if (!/^[0-9a-f]{12}7[0-9a-f]{19}$/i.test(hex)) return;
      const difference = Number.parseInt(hex.slice(0, 12), 16) - localNow();
      offset = Math.abs(difference) > TOLERANCE_MS ? difference : 0;
    },
  };
}
