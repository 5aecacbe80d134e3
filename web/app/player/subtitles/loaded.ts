import { type Cue, parseSubtitles } from '@giggityflix/subtitles';
import * as z from 'zod/mini';
import type { Unpacked } from './unpack.ts';

/** Subtitles that can be shown. */
export type Loaded =
  | { kind: 'text'; cues: Cue[] }
  | { kind: 'ass'; script: string; fonts: Uint8Array<ArrayBuffer>[]; cues: Cue[] }
  | { kind: 'pgs'; file: Uint8Array<ArrayBuffer> }
  | { kind: 'vobsub'; file: Uint8Array<ArrayBuffer>; index: VobSubHeader };

const colour = z.int().check(z.minimum(0), z.maximum(0xffffff));
const pixels = z.int().check(z.minimum(1), z.maximum(8_192));
const vobSubHeader = z.object({
  width: pixels,
  height: pixels,
  palette: z.array(colour).check(z.length(16)),
  stream: z.int().check(z.minimum(0), z.maximum(31)),
  /** Where pictures begin, and when they are shown, in milliseconds; without it by the stream's own clock. */
  times: z.optional(z.array(z.tuple([z.number(), z.number()]))),
});
export type VobSubHeader = z.infer<typeof vobSubHeader>;

const length = z.int().check(z.minimum(0));
const assHeader = z.object({
  script: length,
  fonts: z.array(z.object({ name: z.string(), bytes: length })).check(z.maxLength(64)),
});

/** What a peer sent in a format that is drawn. @throws Error when it is not what it says. */
export function loadUnpacked(format: 'ass' | 'pgs' | 'vobsub', { header, content }: Unpacked): Loaded {
  if (format === 'pgs') return { kind: 'pgs', file: content };
  if (format === 'vobsub') return { kind: 'vobsub', file: content, index: vobSubHeader.parse(header) };
  const { script, fonts } = assHeader.parse(header);
  let at = script;
  const files = fonts.map(({ bytes }) => {
    at += bytes;
    return content.slice(at - bytes, at);
  });
  if (at > content.byteLength) throw new Error('the subtitles are broken');
  return loadAss(new TextDecoder().decode(content.subarray(0, script)), files);
}

export function loadAss(script: string, fonts: Uint8Array<ArrayBuffer>[] = []): Loaded {
  return { kind: 'ass', script, fonts, cues: parseSubtitles(script).cues };
}
