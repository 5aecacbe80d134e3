/** Who watches, as the player needs to know it. */
export interface Watcher {
  /** The profile that progress is kept for; null where all who use the account share it. */
  profileId: string | null;
  /** Languages preferred to those of the browser, as BCP 47 tags, the best first. */
  audioLanguages: readonly string[];
  subtitleLanguages: readonly string[];
}

let current: Watcher = { profileId: null, audioLanguages: [], subtitleLanguages: [] };

export function setWatcher(watcher: Watcher): void {
  current = watcher;
}

let tokenProfile: string | null = null;

/** The profile that tokens name; sessions are for no other one. */
export function setTokenProfile(profileId: string | null): void {
  tokenProfile = profileId;
}

/** The profile that sessions are for; undefined where nobody has any. */
export const sessionProfile = () => tokenProfile ?? undefined;

export const watcher = (): Watcher => current;

/** The name by which something is remembered for who watches alone. */
export function ownKey(name: string): string {
  return current.profileId === null ? name : `${name}.${current.profileId}`;
}

/** The variable of operations that ask for someone's own progress. */
export const ofWatcher = () => (current.profileId === null ? {} : { profileId: current.profileId });
