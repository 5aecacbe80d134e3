import type { AudioSource } from '../rendition.ts';
import type { PictureWork } from './picture.ts';

/** Audio that players of fragmented MP4 decode; other is made into AAC beside a copied picture. */
const COPIED_AUDIO = new Set(['aac', 'opus', 'mp3', 'flac']);

export function soundArguments({ track, codec }: AudioSource, picture: PictureWork): string[] {
  const copied = picture.kind === 'copy' && COPIED_AUDIO.has(codec ?? '');
  return [...['-map', `0:a:${track}?`, '-c:a'], ...(copied ? ['copy'] : ['aac', '-b:a', '160k', '-ac', '2'])];
}
