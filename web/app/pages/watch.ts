import { request } from '../graphql.ts';
import { FILE_BY_ID, type FileResult, NOTIFY_ME } from '../operations.ts';
import { createFilmReader } from '../player/film-reader.ts';
import { createLink, type Link, type LinkStatus } from '../player/link.ts';
import {
  createPlaybackSession,
  PlaybackRefused,
  reportSession,
  type SessionReporter,
} from '../player/session.ts';
import { publishFilm } from '../player/worker-bridge.ts';
import { h } from '../ui/dom.ts';
import { titleName } from '../ui/format.ts';
import type { Page } from './page.ts';

/** Seconds an arrow key moves. */
const SEEK_STEP_SECONDS = 10;

/** Plays one film. */
export async function watchPage(catalogId: string): Promise<Page> {
  const { mediaFile: file } = await request<FileResult>(FILE_BY_ID, { catalogId });
  if (!file) return { title: 'Not found', element: h('div', {}, h('h1', {}, 'There is no such film')) };
  const video = h('video', {
    controls: true,
    playsinline: true,
    tabindex: 0,
    preload: 'auto',
    'aria-label': file.title.name,
  });
  const notice = h('div', { class: 'notice', role: 'status' });
  const back = h(
    'a',
    { class: 'back', href: `#/title/${encodeURIComponent(file.title.id)}` },
    '← ',
    titleName(file.title),
  );
  const element = h('div', { class: 'watch' }, video, notice, back);

  let link: Link | null = null;
  let report: SessionReporter | null = null;
  let withdraw = () => {};
  let left = false;

  const say = (text: string, ...actions: HTMLElement[]) => {
    notice.replaceChildren(...(text ? [h('p', {}, text), ...actions] : []));
    notice.hidden = text === '';
  };
  const action = (label: string, run: () => void) => h('button', { class: 'button', onclick: run }, label);
  const release = () => {
    withdraw();
    report?.stop();
    link?.close();
    link = null;
    report = null;
  };

  const onStatus = ({ state, message }: LinkStatus) => {
    if (state === 'connecting') say('Looking for someone who has this film…');
    else if (state === 'reconnecting') say('The connection to the peer was lost. Looking for another…');
    else if (state === 'connected') say('');
    else
      say(
        `No peer could be reached (${message}).`,
        action('Try again', () => void begin()),
      );
  };

  const begin = async () => {
    const resumeAt = video.currentTime || undecidedStart(file);
    release();
    say('Starting…');
    try {
      const created = await createPlaybackSession(catalogId);
      if (left) return;
      link = createLink({ catalogId, created, form: { rendition: 'original', startSeconds: 0 }, onStatus });
      const published = await publishFilm(created.session.id, createFilmReader(link));
      withdraw = published.withdraw;
      report = reportSession({
        sessionId: created.session.id,
        position: () => video.currentTime,
        onEnded() {
          video.pause();
          say(
            'This session was ended, perhaps on another device.',
            action('Play here again', () => void begin()),
          );
        },
      });
      video.src = published.url;
      if (resumeAt > 0) video.currentTime = resumeAt;
      await video.play().catch(() => {});
    } catch (error) {
      explain(error);
    }
  };

  const explain = (error: unknown) => {
    if (error instanceof PlaybackRefused && error.kind === 'ContentUnavailable')
      say(
        error.message,
        action('Notify me', () => {
          void request(NOTIFY_ME, { catalogId }).then(() => say('You will be told when it can be watched.'));
        }),
        action('Try again', () => void begin()),
      );
    else
      say(
        (error as Error).message,
        action('Try again', () => void begin()),
      );
  };

  video.addEventListener('pause', () => {
    if (!video.ended) report?.paused();
  });
  video.addEventListener('playing', () => report?.playing());
  video.addEventListener('ended', () => report?.stop());
  video.addEventListener('error', () => {
    if (!video.getAttribute('src')) return;
    const unsupported =
      video.error?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED ||
      video.error?.code === MediaError.MEDIA_ERR_DECODE;
    if (unsupported)
      say(
        `This browser cannot play the film (${[file.container, file.videoCodec, file.audioCodec].filter(Boolean).join(', ')}).`,
      );
    else
      say(
        'The film could not be read.',
        action('Try again', () => void begin()),
      );
  });
  element.addEventListener('keydown', (event) => onKey(event, video));
  const onHide = () => report?.stop();
  addEventListener('pagehide', onHide);

  void begin();
  return {
    title: `${file.title.name} · Giggityflix`,
    element,
    leave() {
      left = true;
      removeEventListener('pagehide', onHide);
      release();
      video.removeAttribute('src');
      video.load();
    },
  };
}

function undecidedStart(file: NonNullable<FileResult['mediaFile']>): number {
  const { progress } = file.title;
  return progress && !progress.completed ? progress.positionSeconds : 0;
}

/** What people know from other players; arrows work as on a remote control. */
function onKey(event: KeyboardEvent, video: HTMLVideoElement): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === ' ' && event.target instanceof HTMLElement && event.target.matches('a, button')) return;
  switch (event.key) {
    case ' ':
    case 'k':
    case 'MediaPlayPause':
      if (video.paused) void video.play();
      else video.pause();
      break;
    case 'ArrowLeft':
      seekBy(video, -SEEK_STEP_SECONDS);
      break;
    case 'ArrowRight':
      seekBy(video, SEEK_STEP_SECONDS);
      break;
    case 'f':
      void (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen());
      break;
    case 'm':
      video.muted = !video.muted;
      break;
    case 'Escape':
      if (!document.fullscreenElement) history.back();
      break;
    default:
      return;
  }
  event.preventDefault();
}

function seekBy(video: HTMLVideoElement, seconds: number): void {
  video.currentTime = Math.min(video.duration || 0, Math.max(0, video.currentTime + seconds));
}
