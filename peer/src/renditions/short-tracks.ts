import { type Timeline, trackEnd } from '../timeline/timeline.ts';
import type { PictureWork } from './arguments/work.ts';
import type { AudioSource } from './rendition.ts';

/** How much earlier sound ends than the picture where silence is put behind it; to encode it costs little. */
const SHORT_SOUND_SECONDS = 10;
/** The same of a picture, which costs much; browsers hold so much sound that they wait for more pictures with. */
const SHORT_PICTURE_SECONDS = 60;

/** Whether one track of two ends so long before the other that a player would wait for more of it. */
export function isShort(
  {
    picture,
    audio,
    timeline = null,
  }: { picture: PictureWork; audio: AudioSource | null; timeline?: Timeline | null },
  which: 'picture' | 'sound',
): boolean {
  if (picture.kind === 'none' || !audio) return false;
  const pictureEnd = trackEnd(timeline, 'video', picture.source.place);
  const soundEnd = trackEnd(timeline, 'audio', audio.track);
  if (pictureEnd === null || soundEnd === null) return false;
  return which === 'sound'
    ? pictureEnd - soundEnd > SHORT_SOUND_SECONDS
    : soundEnd - pictureEnd > SHORT_PICTURE_SECONDS;
}
