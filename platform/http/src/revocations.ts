/** Tokens of an account, or of one device of it, that hold no more. */
export interface Revocation {
  accountId: string;
  /** Null for all devices of the account. */
  deviceId: string | null;
  /** Tokens issued before this time are refused; milliseconds since 1970. */
  tokensBefore: number;
}

/** What of credentials is compared, as `Identity` has it. */
interface Bearer {
  userId: string;
  deviceId: string | null;
  issuedAt: number | null;
}

/** The tokens that were taken back before they expired, as far as this process has heard of it. */
export interface Revocations {
  add(revocation: Revocation): void;
  refuses(bearer: Bearer): boolean;
  /** Calls `then`, once, when the tokens are taken back. Returns what cancels it. */
  watch(bearer: Bearer, then: () => void): () => void;
}

/** How long it is remembered that a token was taken back, in milliseconds: access tokens live for less. */
export const REMEMBER_REVOCATIONS_MS = 3_600_000;
/** Most accounts and devices that are remembered, about 200 bytes each; the oldest make room. */
const MAX_REMEMBERED = 100_000;

export function createRevocations(options: { max?: number; now?: () => number } = {}): Revocations {
  const { max = MAX_REMEMBERED, now = Date.now } = options;
  /** The oldest first. */
  const entries = new Map<string, { tokensBefore: number; until: number }>();
  const watchers = new Map<string, Set<{ bearer: Bearer; then: () => void }>>();

  const prune = () => {
    for (const [key, { until }] of entries) {
      if (until > now() && entries.size <= max) break;
      entries.delete(key);
    }
  };
  const isBefore = (key: string, issuedAt: number | null) => {
    const entry = entries.get(key);
    return entry !== undefined && entry.until > now() && (issuedAt ?? 0) < entry.tokensBefore;
  };
  const refuses = ({ userId, deviceId, issuedAt }: Bearer) =>
    // Nearly always nothing is taken back, and this is asked for each request.
    entries.size > 0 &&
    (isBefore(keyOf(userId, null), issuedAt) ||
      (deviceId !== null && isBefore(keyOf(userId, deviceId), issuedAt)));

  return {
    add({ accountId, deviceId, tokensBefore }) {
      const until = tokensBefore + REMEMBER_REVOCATIONS_MS;
      if (until <= now()) return;
      const key = keyOf(accountId, deviceId);
      const known = entries.get(key);
      // Records may come twice, and out of order.
      if (known && known.tokensBefore >= tokensBefore) return;
      entries.delete(key);
      entries.set(key, { tokensBefore, until });
      prune();
      for (const watcher of [...(watchers.get(accountId) ?? [])])
        if (refuses(watcher.bearer)) {
          remove(watcher);
          watcher.then();
        }
    },
    refuses,
    watch(bearer, then) {
      const watcher = { bearer, then };
      const others = watchers.get(bearer.userId);
      if (others) others.add(watcher);
      else watchers.set(bearer.userId, new Set([watcher]));
      return () => remove(watcher);
    },
  };

  function remove(watcher: { bearer: Bearer; then: () => void }) {
    const others = watchers.get(watcher.bearer.userId);
    others?.delete(watcher);
    if (others?.size === 0) watchers.delete(watcher.bearer.userId);
  }
}

function keyOf(accountId: string, deviceId: string | null): string {
  return deviceId === null ? accountId : `${accountId} ${deviceId}`;
}
