import type { AudioSource } from '../rendition.ts';
import { evenSound } from './timing.ts';
import type { PictureWork, RenditionTime, RenditionWork, SoundWork } from './work.ts';

/** Audio that players of fragmented MP4 decode; other is made into AAC beside a copied picture. */
const COPIED_AUDIO = new Set(['aac', 'opus', 'mp3', 'flac']);
/** Channels of surround sound, as nearly all of it has them. */
const SURROUND = 6;
/** Bits a second of encoded sound, by its channels. */
const KBITS: Readonly<Record<number, number>> = { 1: 96, 2: 160, [SURROUND]: 384 };
/** Sample rates that every browser plays; other sound gets the second of them. */
const SAMPLE_RATES = [44_100, 48_000] as const;

/** @param wanted channels the viewer's device can give out */
export function soundWork(
  source: AudioSource | null,
  {
    picture,
    time,
    wanted,
  }: { picture: PictureWork; time: Pick<RenditionTime, 'isSoundLate' | 'isSoundShort'>; wanted: number },
): SoundWork {
  if (!source) return { kind: 'none' };
  const isCopied = picture.kind !== 'encode' && !time.isSoundLate && !time.isSoundShort;
  if (isCopied && COPIED_AUDIO.has(source.codec ?? '')) return { kind: 'copy', source };
  const has = source.channels ?? 2;
  const channels = has === 1 ? 1 : has >= SURROUND - 1 && wanted >= SURROUND ? SURROUND : 2;
  return { kind: 'encode', source, channels };
}

/** How many channels come out; null where nobody knows. */
export function channelsOf(work: SoundWork): number | null {
  if (work.kind === 'none') return 0;
  return work.kind === 'encode' ? work.channels : work.source.channels;
}

export function soundArguments(
  work: SoundWork,
  { time, picture }: Pick<RenditionWork, 'time' | 'picture'>,
): string[] {
  if (work.kind === 'none') return ['-an'];
  const { track, stream = `a:${track}`, codec, sampleRate } = work.source;
  const map = ['-map', `0:${stream}?`, '-c:a'];
  if (work.kind === 'copy') {
    // Transport streams describe it in every frame (ADTS).
    const described = time.isSoundInAdts && codec === 'aac' ? ['-bsf:a', 'aac_adtstoasc'] : [];
    return [...map, 'copy', ...described];
  }
  const { channels } = work;
  const isPlayed = sampleRate === null || SAMPLE_RATES.some((rate) => rate === sampleRate);
  return [
    ...[
      ...map,
      'aac',
      '-b:a',
      `${KBITS[channels]}k`,
      '-ac',
      String(channels),
      '-af',
      evenSound(time, picture),
    ],
    ...(isPlayed ? [] : ['-ar', String(SAMPLE_RATES[1])]),
  ];
}
