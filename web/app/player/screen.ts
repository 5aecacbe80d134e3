import { type Attachment, type AttachOptions, createFilmReader, type Screen } from '@giggityflix/player';
import { playRendition } from './rendition-player.ts';
import { publishFilm } from './worker-bridge.ts';

/** The player's screen in a page: a video element, which reads an original through the service worker. */
export function createScreen(video: HTMLVideoElement): Screen {
  const attachOriginal = async ({
    link,
    startSeconds,
    isOpen,
    isWanted,
  }: AttachOptions): Promise<Attachment | null> => {
    if (!isOpen) await link.reopen();
    const { url, withdraw } = await publishFilm(createFilmReader(link));
    if (!isWanted()) {
      withdraw();
      return null;
    }
    video.src = url;
    if (startSeconds > 0) video.currentTime = startSeconds;
    return { place: () => null, detach: withdraw };
  };
  const attachRendition = ({ link, startSeconds, isOpen, onError }: AttachOptions): Attachment => {
    const { place, stop } = playRendition({ video, link, startSeconds, isOpen, onError });
    return { place, detach: stop };
  };

  return {
    position: () =>
      video.readyState >= HTMLMediaElement.HAVE_METADATA || video.currentTime > 0 ? video.currentTime : null,
    isToPlay: () => !video.paused || video.currentTime === 0,
    pause: () => video.pause(),
    async attach(options) {
      return options.form.rendition === 'original' ? attachOriginal(options) : attachRendition(options);
    },
    // A browser may want a key pressed before it plays sound; the controls are there for that.
    play: () => video.play().catch(() => {}),
  };
}
