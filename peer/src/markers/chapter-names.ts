// cspell:disable: names of chapters in many languages
import type { Chapter, Marker } from '@giggityflix/proto/media-file';

/** What makers call the parts that viewers skip. */
const NAMES: Readonly<Record<Marker['kind'], RegExp>> = {
  INTRO:
    /^(?:\d+[.:)\s-]*)?(?:intro(?:duction)?|op(?:ening)?(?:\s*(?:credits|theme|titles?|song|\d))?|(?:main|title|theme)\s*(?:titles?|theme|sequence|song)|theme|vorspann|générique(?:\s*(?:de\s*)?début)?|sigla|オープニング|片头)$/iu,
  CREDITS:
    /^(?:\d+[.:)\s-]*)?(?:(?:end(?:ing)?|closing|final)?\s*credits|ed(?:\s*\d)?|end(?:ing)?(?:\s*(?:theme|titles?|song|\d))?|outro|abspann|générique\s*(?:de\s*)?fin|titoli\s*di\s*coda|créditos(?:\s*finales)?|エンディング|片尾)$/iu,
};
/** An intro is no scene, and credits are seldom a quarter of an hour. */
const MIN_SECONDS = 3;
const MAX_SECONDS: Readonly<Record<Marker['kind'], number>> = { INTRO: 300, CREDITS: 900 };

/** The intro and the credits, as far as chapters are called so. */
export function markersOfChapters(chapters: readonly Chapter[], durationSeconds: number | null): Marker[] {
  return (['INTRO', 'CREDITS'] as const).flatMap((kind) => {
    const found = chapters.flatMap(({ title, startSeconds, endSeconds }, index) => {
      const end = endSeconds ?? chapters[index + 1]?.startSeconds ?? durationSeconds;
      if (title === null || end === null || !NAMES[kind].test(title.trim())) return [];
      const length = end - startSeconds;
      return length >= MIN_SECONDS && length <= MAX_SECONDS[kind]
        ? [{ kind, startSeconds, endSeconds: end }]
        : [];
    });
    const first = kind === 'INTRO' ? found[0] : found.at(-1);
    return first ? [first] : [];
  });
}

/** What was found, and of each kind that was not what chapters say. */
export function mergeMarkers(found: readonly Marker[], named: readonly Marker[]): Marker[] {
  return [...found, ...named.filter(({ kind }) => !found.some((one) => one.kind === kind))].sort(
    (one, other) => one.startSeconds - other.startSeconds,
  );
}
