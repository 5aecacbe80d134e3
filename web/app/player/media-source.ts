/** Safari on iPhones has this one alone: it decides itself when it wants to be given more. */
interface ManagedMediaSource extends MediaSource {
  readonly streaming: boolean;
}
interface MediaSourceClass {
  new (): MediaSource | ManagedMediaSource;
  isTypeSupported(mimeType: string): boolean;
}

/** Media Source of the browser; null where there is none. */
function mediaSourceClass(): MediaSourceClass | null {
  const { MediaSource, ManagedMediaSource } = globalThis as {
    MediaSource?: MediaSourceClass;
    ManagedMediaSource?: MediaSourceClass;
  };
  return MediaSource ?? ManagedMediaSource ?? null;
}

/** Whether the browser has Media Source at all. */
export function hasMediaSource(): boolean {
  return mediaSourceClass() !== null;
}

/** Whether Media Source takes streams of that type. */
export function takesType(mimeType: string): boolean {
  return mediaSourceClass()?.isTypeSupported(mimeType) ?? false;
}

/** A new source for a video element. */
export function createMediaSource(video: HTMLVideoElement): MediaSource {
  const Source = mediaSourceClass();
  if (!Source) throw new Error('this browser has no Media Source');
  // A managed source opens only where nothing is sent to another screen.
  if (!('MediaSource' in globalThis)) video.disableRemotePlayback = true;
  return new Source();
}

/** Whether the browser wants no more for now; a plain source always does. */
export function isSated(source: MediaSource): boolean {
  return (source as Partial<ManagedMediaSource>).streaming === false;
}
