import { PlaybackRefused, type PlaybackState, type Quality } from '@giggityflix/player';
import type { AudioTrack } from '@giggityflix/proto/data-channel';
import { request } from '../graphql.ts';
import { FILE_BY_ID, type FileResult, NOTIFY_ME } from '../operations.ts';
import { audioOptions, defaultTrack, listAudio, trackToAskFor } from '../player/audio.ts';
import { createChapters } from '../player/chapters/chapters.ts';
import { createSkipButton } from '../player/chapters/skip.ts';
import { failureText } from '../player/failure.ts';
import { createElementPlayback } from '../player/playback.ts';
import { lowerQuality, qualityOptions } from '../player/quality.ts';
import { createServedFilm } from '../player/served.ts';
import { createSlowness } from '../player/slowness.ts';
import { createSubtitlePanel } from '../player/subtitles/panel.ts';
import { createPlayerSubtitles } from '../player/subtitles/player-subtitles.ts';
import { watchAvailability } from '../ui/availability.ts';
import { h, message, toast } from '../ui/dom.ts';
import { codec, titleName } from '../ui/format.ts';
import { hideWhenIdle } from '../ui/idle.ts';
import { createMenu } from '../ui/menu.ts';
import type { Page } from './page.ts';

/** Seconds an arrow key moves. */
const SEEK_STEP_SECONDS = 10;

type Conversions = readonly ('remux' | 'transcode')[];
type WatchedFile = NonNullable<FileResult['mediaFile']>;

/** Plays one film. */
export async function watchPage(catalogId: string): Promise<Page> {
  const { mediaFile: file } = await request<FileResult>(FILE_BY_ID, { catalogId });
  if (!file)
    return {
      title: 'Not found · Giggityflix',
      element: message(
        'There is no such film',
        'Nobody has ever shared a file with this id.',
        h('a', { class: 'button', href: '#/' }, 'All titles'),
      ),
    };
  const video = h('video', {
    controls: true,
    playsinline: true,
    tabindex: 0,
    preload: 'auto',
    'aria-label': file.title.name,
  });
  const notice = h('div', { class: 'notice', role: 'status', hidden: true });
  const audioMenu = createMenu('Audio', (value) => {
    playback.setAudioTrack(trackToAskFor(audioTracks, Number(value)));
    showChoices();
  });
  const subtitleMenu = createMenu('Subtitles', (key) => {
    subtitles
      .choose(key === '' ? null : key)
      .catch((error: Error) => toast(`The subtitles cannot be had: ${error.message}`));
  });
  const qualityMenu = createMenu('Quality', (value) => {
    playback.setQuality(/^\d+$/.test(value) ? Number(value) : (value as Quality));
    showChoices();
  });
  const bar = h(
    'div',
    { class: 'over' },
    h(
      'a',
      { class: 'back', href: `#/title/${encodeURIComponent(file.title.id)}` },
      '← ',
      titleName(file.title),
    ),
    audioMenu.element,
    subtitleMenu.element,
    qualityMenu.element,
  );
  const heading = h('h1', { class: 'hidden' }, titleName(file.title));
  const element = h('div', { class: 'watch' }, heading, video, notice, bar);

  const say = (text: string, ...actions: HTMLElement[]) => {
    notice.replaceChildren(h('p', {}, text), ...actions);
    notice.hidden = text === '';
  };
  const again = (label = 'Try again') => action(label, () => playback.begin());
  /** Offers a form that is made for this browser, where the peer can make one. */
  const convert = () => {
    const height = conversions.includes('transcode') ? lowerQuality(file, Number.POSITIVE_INFINITY) : null;
    if (height === null) return [];
    const choose = () => {
      playback.setQuality(height);
      showChoices();
    };
    return [action(`Watch in ${height}p, converted`, choose)];
  };
  const notify = () =>
    action('Notify me', () => {
      request(NOTIFY_ME, { catalogId }).then(
        () => say('You will be told when it can be watched.'),
        (error: Error) => say(error.message, again()),
      );
    });

  let waiting = false;
  const onState = (state: PlaybackState) => {
    waiting = state.kind === 'failed' && (state.failure?.kind ?? 'unreadable') === 'unreadable';
    switch (state.kind) {
      case 'playing':
        return say('');
      case 'starting':
        return say('Starting…');
      case 'connecting':
        return say('Looking for someone who has this film…');
      case 'reconnecting':
        return say('The connection to the peer was lost. Looking for another…');
      case 'changing':
        return say('This peer sends too slowly. Looking for another…');
      case 'taken-over':
        return say('This session was ended, perhaps on another device.', again('Play here again'));
      case 'undecodable':
        return say(
          `This browser cannot play the film (${formatOf(file)}), and the peer cannot convert it: ${state.reason}`,
        );
      case 'waiting':
        return say(waitingText(state.position));
      case 'failed': {
        if (isUnavailable(state.error)) return say(state.error.message, notify(), again());
        const { failure, error } = state;
        const text = failure && failure.kind !== 'unreadable' ? failureText(failure) : error.message;
        return failure?.kind === 'stuck' ? say(text, again(), ...convert()) : say(text, again());
      }
    }
  };
  let conversions: Conversions = [];
  let audioTracks: AudioTrack[] = [];
  const served = createServedFilm({ file, playback: () => playback, say: toast });
  const showChoices = () => {
    audioMenu.show(audioOptions(audioTracks), String(playback.audioTrack() ?? defaultTrack(audioTracks)));
    qualityMenu.show(
      qualityOptions(file, conversions).map(({ quality, label }) => ({ value: String(quality), label })),
      String(playback.quality()),
    );
  };
  let subtitleCount = 0;
  const subtitles = createPlayerSubtitles({
    video,
    onChange(choices, chosen) {
      subtitleCount = choices.length;
      const options = choices.map(({ key, label }) => ({ value: key, label }));
      subtitleMenu.show(options.length > 0 ? [{ value: '', label: 'Off' }, ...options] : [], chosen ?? '');
      subtitlePanel.update();
    },
    onPlain: (reason) => toast(`These subtitles are shown without their styles: ${reason}.`),
  });
  const subtitlePanel = createSubtitlePanel({ video, screen: element, subtitles, onError: toast });
  subtitleMenu.element.after(subtitlePanel.button);
  const chapters = createChapters(video, file.chapters);
  subtitlePanel.button.after(chapters.menu);
  bar.after(chapters.marks, createSkipButton(video, file.markers));
  bar.after(subtitlePanel.element);
  // In the element's own full screen what is drawn over it would be hidden.
  if (document.fullscreenEnabled) {
    video.setAttribute('controlslist', 'nofullscreen');
    const attributes = { type: 'button', class: 'menu', onclick: () => toggleFullScreen(element) };
    bar.append(h('button', attributes, 'Full screen'));
  }
  const playback = createElementPlayback({
    file,
    video,
    onState,
    onOpened: (connection, form) => void served.opened(connection, form),
    isInterlaced: () => served.isInterlaced(),
    onConnected(link) {
      void link.connection().then(async (connection) => {
        conversions = connection.opened.conversions;
        showChoices();
        audioTracks = await listAudio(connection);
        showChoices();
      });
      // A film is no worse without them, as from a peer that knows nothing of subtitles.
      subtitles.refresh(link).then(
        () => served.subtitlesListed(subtitleCount),
        () => {},
      );
    },
    onAudioLost() {
      toast('The audio track cannot be had from this peer. The film goes on with the default one.');
      showChoices();
    },
  });
  video.addEventListener('loadedmetadata', subtitles.reshow);

  const slowness = createSlowness({
    video,
    playback,
    say,
    otherPeers: () => peers - 1,
    lower: () => (conversions.includes('transcode') ? lowerQuality(file, playback.quality()) : null),
    setQuality(quality) {
      playback.setQuality(quality);
      showChoices();
    },
  });
  let peers = file.availability.peerCount;
  // A film that could not be had goes on by itself once someone has it again.
  const stopWatching = watchAvailability([catalogId], (_, { isAvailable, peerCount }) => {
    peers = peerCount;
    if (waiting && isAvailable) playback.begin();
  });
  const stopHiding = hideWhenIdle(element, video);
  element.addEventListener('keydown', (event) => onKey(event, video, element));
  addEventListener('pagehide', playback.release);
  playback.begin(startOf(file));
  return {
    title: `${file.title.name} · Giggityflix`,
    isFullScreen: true,
    element,
    leave() {
      stopWatching();
      stopHiding();
      slowness.stop();
      subtitles.stop();
      removeEventListener('pagehide', playback.release);
      playback.release();
      video.removeAttribute('src');
      video.load();
    },
  };
}

function action(label: string, run: () => void): HTMLElement {
  return h('button', { class: 'button', onclick: run }, label);
}

function waitingText(position: number | null): string {
  if (position === null)
    return 'The peers that have this film are busy. It begins by itself as soon as one has room.';
  const place = position === 1 ? 'You are next.' : `You are number ${position} in the queue.`;
  return `The peer converts as many films as it can. ${place} The film begins by itself.`;
}

function isUnavailable(error: Error): boolean {
  return error instanceof PlaybackRefused && error.kind === 'ContentUnavailable';
}

/** Where the viewer left off; the beginning of a film seen to its end. */
function startOf({ title: { progress } }: WatchedFile): number {
  return progress && !progress.completed ? progress.positionSeconds : 0;
}

function formatOf(file: WatchedFile): string {
  return [file.container, codec(file.videoCodec), codec(file.audioCodec)].filter(Boolean).join(', ');
}

/** What people know from other players; arrows work as on a remote control. */
function onKey(event: KeyboardEvent, video: HTMLVideoElement, screen: HTMLElement): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  // A menu uses arrows, space and letters itself.
  if (event.target instanceof HTMLSelectElement || event.target instanceof HTMLInputElement) return;
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
      toggleFullScreen(screen);
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

function toggleFullScreen(screen: HTMLElement): void {
  void (document.fullscreenElement ? document.exitFullscreen() : screen.requestFullscreen());
}

function seekBy(video: HTMLVideoElement, seconds: number): void {
  // Until the duration is known the place is where the film is to begin.
  const end = Number.isNaN(video.duration) ? Number.POSITIVE_INFINITY : video.duration;
  video.currentTime = Math.min(end, Math.max(0, video.currentTime + seconds));
}
