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
  /** The byte of that place, where the file is read from there on without being looked through. */
  entryByte: number | null;
  /**
   * What the file's clock says at that place, where FFmpeg must not correct that clock: it guesses the first times after a place,
   * and takes the right ones that follow for a jump. Null elsewhere.
   */
  clockSeconds: number | null;
  /** What it decodes from there on and leaves out. */
  skippedSeconds: number;
  /** The picture begins after the sound does: its first frame is shown until then. */
  isPictureLate: boolean;
  /** The sound begins after the picture does: silence precedes it, as players wait for what is missing. */
  isSoundLate: boolean;
  /** The sound ends long before the picture: silence follows it, as players wait for what is missing. */
  isSoundShort: boolean;
  /** The picture ends long before the sound: its last frame is shown until then. */
  isPictureShort: boolean;
  /** The file does not say what its sound is; that is known when FFmpeg has read some of it. */
  isSoundInAdts: boolean;
}
