// cspell:ignore bkommentar bcommentaire bcomentari bhörfilm
/** What a track of a film is for, as far as its container says. */
export interface TrackRole {
  /** As FFmpeg or mediabunny names it. */
  codec: string | null;
  /** What its maker called it. */
  name?: string | null;
  isDefault: boolean;
  isOriginal?: boolean;
  isCommentary?: boolean;
  isForVisuallyImpaired?: boolean;
  language?: string | null;
  /** A cover, a thumbnail or another picture that stands still. */
  isStill?: boolean;
}

/** Formats of pictures; a track of one beside a film is a cover that nobody marked as such. */
const STILL_CODECS = /jpe?g|^(?:png|apng|gif|bmp|webp|tiff)$|v_ms\/vfw\/(?:mjpg|png)/i;
const COMMENTARY = /\bcomment(?:ary|aries)?\b|\bkommentar|\bcommentaire|\bcomentari/i;
const DESCRIPTION = /\baudio[- ]?descri|\bdescriptive\b|\bvisually impaired\b|\bhörfilm/i;
/** No words: music and effects alone. */
const WORDLESS = new Set(['zxx']);

export function isCommentary({ isCommentary, name }: TrackRole): boolean {
  return isCommentary === true || COMMENTARY.test(name ?? '');
}

export function isDescription({ isForVisuallyImpaired, name }: TrackRole): boolean {
  return isForVisuallyImpaired === true || DESCRIPTION.test(name ?? '');
}

/** The place of the picture among the video tracks; null when none of them is a film. */
export function choosePicture(tracks: readonly TrackRole[]): number | null {
  return (
    best(tracks, [
      ({ isStill }) => !isStill,
      ({ codec }) => !STILL_CODECS.test(codec ?? ''),
      ({ isDefault }) => isDefault,
    ]).find((index) => !tracks[index]?.isStill) ?? null
  );
}

/** The place of the sound that is heard without a choice among the audio tracks; null when there is none. */
export function chooseSound(tracks: readonly TrackRole[]): number | null {
  const [first = null] = best(tracks, [
    (track) => !isCommentary(track) && !isDescription(track),
    ({ isDefault }) => isDefault,
    ({ language }) => !WORDLESS.has(language ?? ''),
    ({ isOriginal }) => isOriginal === true,
  ]);
  return first;
}

/** Places of the tracks, the best first: what is asked first counts most, and the order of the file least. */
function best(tracks: readonly TrackRole[], tests: readonly ((track: TrackRole) => boolean)[]): number[] {
  const score = (track: TrackRole) =>
    tests.reduce((sum, test, at) => sum + (test(track) ? 2 ** (tests.length - at) : 0), 0);
  return tracks
    .map((track, index) => ({ index, score: score(track) }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ index }) => index);
}
