/** What a peer is asked to give of a film. */
export interface Form {
  rendition: 'original' | 'remux' | 'transcode';
  /** Where a rendition made on the fly begins, in seconds. */
  startSeconds: number;
  /** Tallest picture of a transcoded one, in lines. */
  maxHeight?: number;
  /** Which of the film's audio tracks a rendition made on the fly has; without it the default one. */
  audioTrack?: number;
  /** Channels the device can give out; stereo unless given. */
  audioChannels?: number;
}

/** Whether both ask for the same; a second more or less is no reason to begin a conversion again. */
export function isSameForm(one: Form | null, other: Form): boolean {
  return (
    one?.rendition === other.rendition &&
    one.maxHeight === other.maxHeight &&
    one.audioTrack === other.audioTrack &&
    one.audioChannels === other.audioChannels &&
    Math.abs(one.startSeconds - other.startSeconds) < 1
  );
}
