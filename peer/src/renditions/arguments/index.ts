import { inputArguments, type MediaInput } from '../../containers/input.ts';
import { pictureArguments } from './picture.ts';
import { soundArguments } from './sound.ts';
import { timingArguments } from './timing.ts';
import type { RenditionWork } from './work.ts';

/** What FFmpeg is given to make a rendition. */
export function renditionArguments(input: MediaInput, work: RenditionWork): string[] {
  const { time, picture, sound } = work;
  const timing = timingArguments(time, picture);
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', ...timing.input],
    ...inputArguments(time.entryByte === null ? input : { ...input, part: { from: time.entryByte } }),
    ...[...pictureArguments(picture, work), ...soundArguments(sound, work)],
    ...['-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', '-strict', '-2'],
    ...[...timing.output, '-f', 'mp4', 'pipe:1'],
  ];
}
