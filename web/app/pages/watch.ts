import type { Quality } from '@giggityflix/player';
import type { AudioTrack } from '@giggityflix/proto/data-channel';
import { request } from '../graphql.ts';
import { WATCH_PAGE, type WatchPageQuery } from '../operations.ts';
import { audioOptions, defaultTrack, listAudio, preferredTrack, trackToAskFor } from '../player/audio.ts';
import { createChapters } from '../player/chapters/chapters.ts';
import { createSkipButton } from '../player/chapters/skip.ts';
import { onKey, toggleFullScreen } from '../player/keys.ts';
import { viewerLanguages } from '../player/languages.ts';
import { leaveOff, leftOff } from '../player/left-off.ts';
import { createElementPlayback } from '../player/playback.ts';
import { lowerQuality, qualityOptions } from '../player/quality.ts';
import { createServedFilm } from '../player/served.ts';
import { createSlowness } from '../player/slowness.ts';
import { createStatistics } from '../player/statistics.ts';
import { createSubtitlePanel } from '../player/subtitles/panel.ts';
import { createPlayerSubtitles } from '../player/subtitles/player-subtitles.ts';
import { ofWatcher, ownKey, watcher } from '../player/watcher.ts';
import { watchAvailability } from '../ui/availability.ts';
import { h, message, toast } from '../ui/dom.ts';
import { titleName } from '../ui/format.ts';
import { hideWhenIdle } from '../ui/idle.ts';
import { createMenu } from '../ui/menu.ts';
import type { Page } from './page.ts';
import { createNotice } from './watch-notice.ts';

/** The language of the audio track chosen last, so that the next film begins with it. */
const AUDIO_LANGUAGE = 'giggityflix.audio';

type Conversions = readonly ('remux' | 'transcode')[];
type WatchedFile = NonNullable<WatchPageQuery['mediaFile']>;

/** Plays one film. */
export async function watchPage(catalogId: string): Promise<Page> {
  const { mediaFile: file } = await request(WATCH_PAGE, { ...ofWatcher(), catalogId });
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
  let conversions: Conversions = [];
  let audioTracks: AudioTrack[] = [];
  const notice = createNotice({
    file,
    playback: () => playback,
    smaller: () => (conversions.includes('transcode') ? lowerQuality(file, Number.POSITIVE_INFINITY) : null),
    setQuality: (height) => setQuality(height),
    mayStillWatch: () =>
      request(WATCH_PAGE, { ...ofWatcher(), catalogId }).then(
        ({ mediaFile }) => mediaFile !== null,
        () => true,
      ),
  });
  const setQuality = (quality: Quality) => {
    playback.setQuality(quality);
    showChoices();
  };
  const audioMenu = createMenu('Audio', (value) => {
    const chosen = audioTracks.find(({ track }) => track === Number(value));
    if (chosen?.language) localStorage.setItem(ownKey(AUDIO_LANGUAGE), chosen.language);
    playback.setAudioTrack(trackToAskFor(audioTracks, Number(value)));
    showChoices();
  });
  const subtitleMenu = createMenu('Subtitles', (key) => {
    subtitles
      .choose(key === '' ? null : key)
      .catch((error: Error) => toast(`The subtitles cannot be had: ${error.message}`));
  });
  const qualityMenu = createMenu('Quality', (value) => {
    setQuality(/^\d+$/.test(value) ? Number(value) : (value as Quality));
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
  const element = h('div', { class: 'watch' }, heading, video, notice.element, bar);

  const served = createServedFilm({
    file,
    playback: () => playback,
    languages: audioLanguages,
    say: toast,
  });
  const heardLanguage = () => {
    const track = playback.audioTrack() ?? preferredTrack(audioTracks, audioLanguages());
    return audioTracks.find((one) => one.track === track)?.language ?? file.language;
  };
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
  const statistics = createStatistics(video);
  chapters.menu.after(statistics.button);
  bar.after(statistics.element);
  // In the element's own full screen what is drawn over it would be hidden.
  if (document.fullscreenEnabled) {
    video.setAttribute('controlslist', 'nofullscreen');
    const attributes = { type: 'button', class: 'menu', onclick: () => toggleFullScreen(element) };
    bar.append(h('button', attributes, 'Full screen'));
  }
  const playback = createElementPlayback({
    file,
    video,
    onState: notice.show,
    onOpened(connection, form) {
      statistics.opened(connection, form);
      void served.opened(connection, form);
    },
    isInterlaced: () => served.isInterlaced(),
    onConnected(link) {
      statistics.connected(link);
      const heard = link.connection().then(async (connection) => {
        conversions = connection.opened.conversions;
        showChoices();
        audioTracks = await listAudio(connection);
        showChoices();
        return heardLanguage();
      });
      // A film is no worse without them, as from a peer that knows nothing of subtitles.
      const known = heard.catch(() => file.language);
      subtitles.refresh(link, known).then(
        () => served.subtitlesListed(subtitleCount),
        () => {},
      );
    },
    onAudioLost() {
      toast('The audio track cannot be had from this machine. The film goes on with the default one.');
      showChoices();
    },
  });
  video.addEventListener('loadedmetadata', subtitles.reshow);

  const slowness = createSlowness({
    video,
    playback,
    say: notice.say,
    otherPeers: () => peers - 1,
    lower: () => (conversions.includes('transcode') ? lowerQuality(file, playback.quality()) : null),
    setQuality,
  });
  let peers = file.availability.peerCount;
  // A film that could not be had goes on by itself once someone has it again.
  const stopWatching = watchAvailability([catalogId], (_, { isAvailable, peerCount }) => {
    peers = peerCount;
    if (notice.isWaiting() && isAvailable) playback.begin();
  });
  const stopHiding = hideWhenIdle(element, video);
  element.addEventListener('keydown', (event) =>
    onKey(event, {
      ...{ video, screen: element, toggleStatistics: statistics.toggle },
      closePanel: () => subtitlePanel.close() || statistics.close(),
    }),
  );
  addEventListener('pagehide', playback.release);
  playback.begin(startOf(file));
  return {
    title: `${file.title.name} · Giggityflix`,
    isFullScreen: true,
    element,
    leave() {
      const place = playback.position();
      if (place !== null) leaveOff(catalogId, place, file.durationSeconds);
      stopWatching();
      stopHiding();
      slowness.stop();
      statistics.stop();
      subtitles.stop();
      removeEventListener('pagehide', playback.release);
      playback.release();
      video.removeAttribute('src');
      video.load();
    },
  };
}

/** The languages the viewer wants to hear, the one chosen last first. */
function audioLanguages(): string[] {
  return viewerLanguages([
    localStorage.getItem(ownKey(AUDIO_LANGUAGE)) ?? '',
    ...watcher().audioLanguages,
    ...navigator.languages,
  ]);
}

/** Where the viewer left off; the beginning of a film seen to its end. */
function startOf({ catalogId, title }: WatchedFile): number {
  const progress = leftOff([catalogId], title.progress);
  return progress && !progress.completed ? progress.positionSeconds : 0;
}
