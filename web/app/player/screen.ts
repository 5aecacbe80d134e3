import { type Attachment, type AttachOptions, createFilmReader, type Screen } from '@giggityflix/player';
import { failureOfElement, type SourceState } from './failure.ts';
import { clockFault } from './own-clock.ts';
import { playRendition } from './rendition-player.ts';
import { watchStuck } from './stuck.ts';
import { publishFilm } from './worker-bridge.ts';

/**
 * The player's screen in a page: a video element, which reads an original through the service worker.
 *
 * @param hasPicture whether the film is known to have one: an element that cannot decode it plays the sound alone, without a word
 */
export function createScreen(video: HTMLVideoElement, hasPicture: boolean): Screen {
  /** By the viewer: an element whose decoder fails is paused too, without the event. */
  let isPaused = false;
  video.addEventListener('pause', () => {
    isPaused = true;
  });
  video.addEventListener('play', () => {
    isPaused = false;
  });

  /** Reports what the element says of the form attached, and of no other one. */
  const listen = (
    source: SourceState & { isWaiting(): boolean },
    { form, onFailure }: AttachOptions,
  ): (() => void) => {
    const { src } = video;
    const onError = () => {
      if (video.src === src && video.error) onFailure(failureOfElement(video.error, source));
    };
    const onMetadata = () => {
      const isPictureDue = hasPicture && form.rendition === 'original';
      if (video.src === src && isPictureDue && video.videoWidth === 0)
        onFailure({ kind: 'undecodable', reason: 'this browser cannot decode its picture' });
    };
    video.addEventListener('error', onError);
    video.addEventListener('loadedmetadata', onMetadata);
    const stuck = watchStuck(video, {
      // A page that nobody sees may not be given a picture.
      isWaiting: () => document.hidden || source.isWaiting(),
      onStuck: () => onFailure({ kind: 'stuck', reason: 'the film has come and is not played' }),
    });
    return () => {
      video.removeEventListener('error', onError);
      video.removeEventListener('loadedmetadata', onMetadata);
      stuck.stop();
    };
  };

  const attachOriginal = async (options: AttachOptions): Promise<Attachment | null> => {
    const { link, startSeconds, isOpen, isWanted, onFailure } = options;
    if (!isOpen) await link.reopen();
    const film = await publishFilm(createFilmReader(link));
    if (!isWanted()) {
      film.withdraw();
      return null;
    }
    video.src = film.url;
    if (startSeconds > 0) video.currentTime = startSeconds;
    const stopListening = listen(film, options);
    // A form that a peer makes has the film's own time.
    const onMetadata = async () => {
      const { opened } = await link.connection();
      const reason = clockFault(video, opened, startSeconds);
      if (reason && opened.conversions.length > 0 && isWanted()) onFailure({ kind: 'undecodable', reason });
    };
    const whenRead = () => void onMetadata().catch(() => {});
    video.addEventListener('loadedmetadata', whenRead, { once: true });
    return {
      place: () => null,
      detach() {
        video.removeEventListener('loadedmetadata', whenRead);
        stopListening();
        film.withdraw();
      },
    };
  };
  const attachRendition = (options: AttachOptions): Attachment => {
    const { link, startSeconds, isOpen, onFailure } = options;
    const rendition = playRendition({ video, link, startSeconds, isOpen, onFailure });
    const stopListening = listen(rendition, options);
    return {
      place: rendition.place,
      detach() {
        stopListening();
        rendition.stop();
      },
    };
  };

  return {
    position: () =>
      video.readyState >= HTMLMediaElement.HAVE_METADATA || video.currentTime > 0 ? video.currentTime : null,
    isToPlay: () => !isPaused,
    pause: () => video.pause(),
    async attach(options) {
      return options.form.rendition === 'original' ? attachOriginal(options) : attachRendition(options);
    },
    // A browser may want a key pressed before it plays sound; the controls are there for that.
    play: () => video.play().catch(() => {}),
  };
}
