import { inputArguments, type MediaInput } from '../../containers/input.ts';
import type { AudioSource } from '../rendition.ts';
import { type PictureWork, pictureArguments } from './picture.ts';
import { soundArguments } from './sound.ts';
import { timingArguments } from './timing.ts';

export interface RenditionWork {
  startSeconds: number;
  picture: PictureWork;
  audio: AudioSource;
}

/** What FFmpeg is given to make a rendition. */
export function renditionArguments(
  input: MediaInput,
  { startSeconds, picture, audio }: RenditionWork,
): string[] {
  const timing = timingArguments(startSeconds, picture);
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', ...timing.input, ...inputArguments(input)],
    ...[...pictureArguments(picture), ...soundArguments(audio, picture)],
    ...['-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', '-strict', '-2'],
    ...[...timing.output, '-f', 'mp4', 'pipe:1'],
  ];
}
