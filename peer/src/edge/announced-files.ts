/** Which shared files the edge lets this peer announce: all, or as many as its quota allows. */
export function createAnnouncedFiles({ onFirstWithheld }: { onFirstWithheld?: () => void } = {}) {
  let most = Number.POSITIVE_INFINITY;
  let announced = 0;
  let withheld = new Set<string>();

  return {
    /** Begins anew with everything shared; returns what is to be announced. `maxFiles` 0 is no limit. */
    begin(ids: readonly Buffer[], maxFiles: number): readonly Buffer[] {
      most = maxFiles > 0 ? maxFiles : Number.POSITIVE_INFINITY;
      const chosen = ids.length > most ? ids.slice(0, most) : ids;
      announced = chosen.length;
      withheld = new Set(ids.slice(chosen.length).map((id) => id.toString('hex')));
      if (withheld.size > 0) onFirstWithheld?.();
      return chosen;
    },
    /** Whether a file that began to be shared may be announced; otherwise it waits for a place. */
    add(id: string): boolean {
      if (announced >= most) {
        const isFirst = withheld.size === 0;
        withheld.add(id);
        if (isFirst) onFirstWithheld?.();
        return false;
      }
      announced += 1;
      return true;
    },
    /** What follows from a file that ceased to be shared: whether to withdraw it, and what takes its place. */
    remove(id: string): { withdraw: boolean; instead: string | null } {
      if (withheld.delete(id)) return { withdraw: false, instead: null };
      announced -= 1;
      const [instead] = withheld;
      if (instead === undefined) return { withdraw: true, instead: null };
      withheld.delete(instead);
      announced += 1;
      return { withdraw: true, instead };
    },
    /** What waits for a place, and how many have one at most. */
    withheld: (): { files: number; most: number } => ({ files: withheld.size, most }),
  };
}
