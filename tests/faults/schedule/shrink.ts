/**
 * Delta debugging (Zeller, Hildebrandt: ddmin): a part of what failed that still fails, and fails no more once any of the
 * chunks it was last cut into is left out. `stillFails` may be costly, so it is asked at most `attempts` times; what was the
 * smallest by then is the answer.
 */
export async function shrink<T>(
  failing: readonly T[],
  stillFails: (part: readonly T[]) => Promise<boolean>,
  attempts: number,
): Promise<{ smallest: readonly T[]; isMinimal: boolean; attempts: number }> {
  let smallest = failing;
  let chunks = 2;
  let used = 0;
  const answer = (isMinimal: boolean) => ({ smallest, isMinimal, attempts: used });
  while (smallest.length > 1) {
    const size = Math.ceil(smallest.length / chunks);
    const starts = Array.from({ length: Math.ceil(smallest.length / size) }, (_, index) => index * size);
    const current = smallest;
    const parts = starts.map((start) => current.slice(start, start + size));
    const rests = starts.map((start) => [...current.slice(0, start), ...current.slice(start + size)]);
    // With two chunks the rest of one is the other.
    const candidates = chunks === 2 ? parts : [...parts, ...rests];
    let found = false;
    for (const candidate of candidates) {
      if (used === attempts) return answer(false);
      used += 1;
      if (!(await stillFails(candidate))) continue;
      chunks = candidate.length > size ? Math.max(chunks - 1, 2) : 2;
      smallest = candidate;
      found = true;
      break;
    }
    if (found) continue;
    if (chunks >= smallest.length) break;
    chunks = Math.min(smallest.length, chunks * 2);
  }
  return answer(true);
}
