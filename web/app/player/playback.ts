import {
  createPlayback,
  type FilmForm,
  type Link,
  type PeerConnection,
  type Playback,
  type PlaybackState,
} from '@giggityflix/player';
import type { MediaFile } from '../operations.ts';
import { deviceId, platform } from './platform.ts';
import { formFor } from './quality.ts';
import { createScreen } from './screen.ts';
import { sessionProfile } from './watcher.ts';

/** Plays a film in a video element. */
export function createElementPlayback(options: {
  file: MediaFile;
  video: HTMLVideoElement;
  onState(state: PlaybackState): void;
  /** A peer serves the film now; the first one or another. */
  onConnected(link: Link): void;
  /** A peer has opened the film in some form. */
  onOpened(connection: PeerConnection, form: FilmForm): void;
  /** Whether the picture is known to be interlaced. */
  isInterlaced(): boolean;
  /** The audio track chosen cannot be had; the film goes on with the default one. */
  onAudioLost(): void;
}): Playback & {
  /** Where the film is, in seconds; null before it has been seen. */
  position(): number | null;
} {
  const { file, video, onState, onConnected, onOpened, onAudioLost } = options;
  const element = createScreen(video, file.videoCodec !== null);
  let isSeen = false;
  const playback = createPlayback({
    platform,
    screen: element,
    catalogId: file.catalogId,
    deviceId: deviceId(),
    profileId: sessionProfile(),
    formFor: (quality, audioTrack) => formFor(file, quality, audioTrack, options.isInterlaced()),
    onState,
    onConnected,
    onOpened,
    onAudioLost,
  });
  const { screen } = playback;
  video.addEventListener('pause', () => {
    if (!video.ended) screen.paused();
  });
  video.addEventListener('playing', () => {
    isSeen = true;
    screen.playing();
  });
  video.addEventListener('ended', () => {
    // What cannot be decoded has not been watched.
    if (!video.error) screen.finished();
  });
  const resume = () => {
    if (video.currentTime < video.duration) screen.resumed();
  };
  video.addEventListener('play', resume);
  video.addEventListener('seeking', resume);
  return { ...playback, position: () => (isSeen ? element.position() : null) };
}
