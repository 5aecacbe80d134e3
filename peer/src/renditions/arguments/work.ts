import type { AudioSource } from '../rendition.ts';
import type { PictureSource } from '../streams/picture-source.ts';

export interface RenditionWork {
  time: RenditionTime;
  picture: PictureWork;
  sound: SoundWork;
  /** Whether this FFmpeg can map colours of a wide range to those of a usual one. */
  hasZscale: boolean;
}

/** What becomes of the picture: it is copied as it is, or encoded with at most so many lines. */
export type PictureWork =
  | { kind: 'none' }
  | { kind: 'copy'; source: PictureSource }
  | { kind: 'encode'; source: PictureSource; maxHeight: number };

/** What becomes of the sound: it is copied as it is, or encoded with so many channels. */
export type SoundWork =
  | { kind: 'none' }
  | { kind: 'copy'; source: AudioSource }
  | { kind: 'encode'; source: AudioSource; channels: number };

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
  isSoundInAdts: boolean;
}
