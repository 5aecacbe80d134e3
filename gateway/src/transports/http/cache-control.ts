/** Collects how long an answer made of several may be cached, and by whom. */
export interface CachePolicy {
  note(header: string | null): void;
  /** The `Cache-Control` header of the whole; `no-store` unless every part allows caching. */
  header(): string;
}

interface Hint {
  maxAge: number;
  isPrivate: boolean;
}

const NO_STORE: Hint = { maxAge: 0, isPrivate: false };
/** Subgraphs use a handful of different headers. */
const MAX_KNOWN = 200;
const known = new Map<string, Hint>();

/** As Apollo's `@cacheControl` has it: the shortest age wins, one private part makes the whole private. */
export function createCachePolicy(): CachePolicy {
  let maxAge = Number.POSITIVE_INFINITY;
  let isPrivate = false;
  return {
    note(header) {
      const hint = header === null ? NO_STORE : parse(header);
      if (hint.maxAge < maxAge) maxAge = hint.maxAge;
      if (hint.isPrivate) isPrivate = true;
    },
    header: () =>
      maxAge > 0 && Number.isFinite(maxAge)
        ? `max-age=${maxAge}, ${isPrivate ? 'private' : 'public'}`
        : 'no-store',
  };
}

function parse(header: string): Hint {
  let hint = known.get(header);
  if (!hint) {
    const text = header.toLowerCase();
    const seconds = text.includes('no-store') ? undefined : /(?:^|[\s,])max-age=(\d{1,9})/.exec(text)?.[1];
    hint = { maxAge: Number(seconds ?? 0), isPrivate: /(?:^|[\s,])private/.test(text) };
    if (known.size < MAX_KNOWN) known.set(header, hint);
  }
  return hint;
}
