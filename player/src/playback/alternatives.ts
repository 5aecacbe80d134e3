import type { Form } from '../connection/form.ts';

/** What may still do when a form does not, in this order. */
const ALTERNATIVES: Readonly<Record<Form['rendition'], readonly Form['rendition'][]>> = {
  original: ['remux', 'transcode'],
  remux: ['transcode', 'original'],
  transcode: ['original'],
};

/** What to try instead of a form that cannot be had or played, with the same audio track where it has one; null at the end. */
export function alternativeTo(
  { rendition, audioTrack, audioChannels }: Omit<Form, 'startSeconds'>,
  tried: ReadonlySet<Form['rendition']>,
): Omit<Form, 'startSeconds'> | null {
  const next = ALTERNATIVES[rendition].find((other) => !tried.has(other));
  if (!next) return null;
  if (next === 'original') return { rendition: next };
  return {
    rendition: next,
    ...(audioTrack === undefined ? {} : { audioTrack }),
    ...(audioChannels === undefined ? {} : { audioChannels }),
  };
}
