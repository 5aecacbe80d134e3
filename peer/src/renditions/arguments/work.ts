import type { AudioSource } from '../rendition.ts';

export interface RenditionWork {
  time: RenditionTime;
  picture: PictureWork;
  audio: AudioSource;
}

/** What becomes of the picture: it is copied as it is, or encoded with at most so many lines. */
export type PictureWork = { kind: 'copy' } | { kind: 'encode'; maxHeight: number };

/** When a rendition begins, in seconds of the film. */
export interface RenditionTime {
  /** Where FFmpeg looks for a place in the file. */
  seekSeconds: number;
  /** What it decodes from there on and leaves out. */
  skippedSeconds: number;
  /** The picture begins after the sound does: its first frame is shown until then. */
  isPictureLate: boolean;
  /** The sound begins after the picture does: silence precedes it, as players wait for what is missing. */
  isSoundLate: boolean;
  /** The file does not say what its sound is; that is known when FFmpeg has read some of it. */
  isSoundUndescribed: boolean;
}
