import type { AudioSource } from '../rendition.ts';
import { evenSound } from './timing.ts';
import type { PictureWork, RenditionTime } from './work.ts';

/** Audio that players of fragmented MP4 decode; other is made into AAC beside a copied picture. */
const COPIED_AUDIO = new Set(['aac', 'opus', 'mp3', 'flac']);

export function soundArguments(
  { track, codec }: AudioSource,
  picture: PictureWork,
  time: RenditionTime,
): string[] {
  const map = ['-map', `0:a:${track}?`, '-c:a'];
  const isCopied = picture.kind === 'copy' && !time.isSoundLate && COPIED_AUDIO.has(codec ?? '');
  if (!isCopied) return [...map, 'aac', '-b:a', '160k', '-ac', '2', '-af', evenSound(time, picture)];
  // Transport streams describe it in every frame (ADTS).
  const described = time.isSoundUndescribed && codec === 'aac' ? ['-bsf:a', 'aac_adtstoasc'] : [];
  return [...map, 'copy', ...described];
}
