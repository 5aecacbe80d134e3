/** Times are in milliseconds. */
export interface RotationPolicy {
  /** How long a key signs. */
  periodMs: number;
  /** How long a key is published before it signs, so that verifiers that cache the set have it. */
  leadMs: number;
  /** How long a key stays published after its last signature: the longest life of what it signed. */
  overlapMs: number;
}

export interface RotatedKey {
  /** Milliseconds since 1970. */
  createdAt: number;
}

export interface RotatedKeys<Key extends RotatedKey> {
  /** The key that signs now. */
  signer: Key;
  /** Every key whose signatures may still be valid, and the one that signs next. */
  all: readonly Key[];
}

/** What is to be done with some keys at `now`: which to keep, whether to make one, and which signs. */
export function planRotation<Key extends RotatedKey>(
  keys: readonly Key[],
  now: number,
  policy: RotationPolicy,
): { keep: Key[]; needsNew: boolean; signer: Key | null } {
  const byAge = [...keys].sort((a, b) => a.createdAt - b.createdAt);
  // The first key of all signs at once; the others once they have been published for a while.
  const signsFrom = (index: number) => byAge[index]!.createdAt + (index === 0 ? 0 : policy.leadMs);
  let signing = 0;
  for (let index = 1; index < byAge.length; index += 1) if (signsFrom(index) <= now) signing = index;
  const keep = byAge.filter((_, index) => index >= signing || signsFrom(index + 1) + policy.overlapMs > now);
  const newest = byAge.at(-1);
  const needsNew =
    newest === undefined ||
    now >= newest.createdAt + Math.max(policy.periodMs, 2 * policy.leadMs) - policy.leadMs;
  return { keep, needsNew, signer: byAge[signing] ?? null };
}
