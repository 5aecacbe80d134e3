import type { PictureWork } from './picture.ts';

/** FFmpeg looks for a key frame up to 0.13 s before the time asked for, in case frames are out of order. */
const KEY_FRAME_MARGIN_SECONDS = 0.25;
/** Nothing of a fragment leaves before it is complete: what a viewer waits for after a seek. */
const FRAGMENT_MICROSECONDS = '500000';

export interface Timing {
  /** FFmpeg's options for its input. */
  input: string[];
  /** FFmpeg's options for its output. */
  output: string[];
}

export function timingArguments(startSeconds: number, picture: PictureWork): Timing {
  const margin = picture.kind === 'copy' && startSeconds > 0 ? KEY_FRAME_MARGIN_SECONDS : 0;
  return {
    input: ['-ss', (startSeconds + margin).toFixed(3)],
    output: [
      '-movflags',
      'frag_keyframe+empty_moov+default_base_moof',
      '-frag_duration',
      FRAGMENT_MICROSECONDS,
    ],
  };
}
