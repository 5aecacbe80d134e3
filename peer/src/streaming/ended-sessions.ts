/** Sessions remembered at most; the oldest are forgotten first. About 3 MB. */
const MAX_ENDED_SESSIONS = 20_000;
/** How long one is remembered where no token of it was seen, in milliseconds: the longest life of a token, by default. */
const DEFAULT_MEMORY_MS = 3_600_000;

/** Sessions that ended while tokens of them may still hold: they are not opened again. */
export interface EndedSessions {
  /** `tokenEndsAtMs`: when the last token seen of it ends; null where none was. */
  add(sessionId: string, tokenEndsAtMs: number | null): void;
  has(sessionId: string): boolean;
}

export function createEndedSessions(now: () => number, max: number = MAX_ENDED_SESSIONS): EndedSessions {
  const until = new Map<string, number>();
  return {
    add(sessionId, tokenEndsAtMs) {
      const before = until.get(sessionId) ?? 0;
      until.delete(sessionId);
      for (const [id, at] of until) {
        if (at > now() && until.size < max) break;
        until.delete(id);
      }
      until.set(sessionId, Math.max(before, tokenEndsAtMs ?? 0, now() + DEFAULT_MEMORY_MS));
    },
    has: (sessionId) => (until.get(sessionId) ?? 0) > now(),
  };
}
