import { type Attachment, type AttachOptions, createFilmReader, type Screen } from '@giggityflix/player';
import { readContents } from './audio.ts';
import { createConvertedStream } from './converted-stream.ts';
import { failureOfElement, type SourceState } from './failure.ts';
import { feedingOf } from './feeding.ts';
import type { FilmStream } from './film-stream.ts';
import { endFault, originFault } from './own-clock.ts';
import { createRemuxedStream } from './remuxed-stream.ts';
import { playStream } from './stream-player.ts';
import { watchStuck } from './stuck.ts';
import { publishFilm } from './worker-bridge.ts';

/**
 * The player's screen in a page: a video element, which an original reaches as {@link feedingOf} says.
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

  /** Where the film is, while the element's clock is not the film's. */
  let place: number | null = null;

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

  const attachServed = async (options: AttachOptions): Promise<Attachment | null> => {
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
    const checkClock = async () => {
      const connection = await link.connection();
      const { opened } = connection;
      if (opened.conversions.length === 0) return;
      const reason = endFault(video, opened) ?? originFault(await readContents(connection));
      if (!reason || !isWanted()) return;
      place = startSeconds;
      onFailure({ kind: 'undecodable', reason });
    };
    const whenRead = () => void checkClock().catch(() => {});
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
  const attachStream = (stream: FilmStream, options: AttachOptions): Attachment => {
    const { startSeconds, onFailure } = options;
    const player = playStream({ video, stream, startSeconds, onFailure });
    const stopListening = listen(player, options);
    return {
      place: player.place,
      detach() {
        stopListening();
        player.stop();
      },
    };
  };
  const attachRemuxed = async (options: AttachOptions): Promise<Attachment | null> => {
    if (!options.isOpen) await options.link.reopen();
    return options.isWanted() ? attachStream(createRemuxedStream(options.link), options) : null;
  };

  return {
    position: () =>
      place ??
      (video.readyState >= HTMLMediaElement.HAVE_METADATA || video.currentTime > 0
        ? video.currentTime
        : null),
    isToPlay: () => !isPaused,
    pause: () => video.pause(),
    async attach(options) {
      const { form, link, isOpen } = options;
      place = null;
      if (form.rendition !== 'original') return attachStream(createConvertedStream(link, isOpen), options);
      return feedingOf() === 'service-worker' ? attachServed(options) : attachRemuxed(options);
    },
    // A browser may want a key pressed before it plays sound; the controls are there for that.
    play: () => video.play().catch(() => {}),
  };
}
