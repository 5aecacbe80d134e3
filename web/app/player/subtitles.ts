import type { Link, ViewerClient } from '@giggityflix/player';
import type { SubtitleTrack } from '@giggityflix/proto/data-channel';
import { parseSubtitles, toWebVtt } from '@giggityflix/subtitles';
import { type SubtitleChoice, toChoices } from './subtitles/choices.ts';

/** The language chosen last, so that the next film begins with it. */
const PREFERENCE = 'giggityflix.subtitles';
/** A peer that was lost while it sent subtitles is asked for again, as often as this. */
const MAX_ATTEMPTS = 3;

/** The subtitles of the film being played. */
export interface PlayerSubtitles {
  /** Asks the peer which there are; shows the preferred one the first time. */
  refresh(link: Link): Promise<void>;
  /** Shows one, or none for null. @throws Error when it cannot be had; then none is shown. */
  choose(key: string | null): Promise<void>;
  chosen(): string | null;
  /** The element has been given another film: what was shown is shown again. */
  reshow(): void;
  stop(): void;
}

export function createPlayerSubtitles(options: {
  video: HTMLVideoElement;
  onChange(choices: SubtitleChoice[], chosen: string | null): void;
}): PlayerSubtitles {
  const { video } = options;
  let link: Link | null = null;
  let tracks: SubtitleTrack[] = [];
  let choices: SubtitleChoice[] = [];
  let chosen: string | null = null;
  let isFirst = true;
  let element: HTMLTrackElement | null = null;
  let loading: AbortController | null = null;

  const list = async (client: ViewerClient) => {
    tracks = await client.subtitles();
    choices = toChoices(tracks);
  };
  const withKey = (key: string) => tracks[choices.findIndex((choice) => choice.key === key)];
  const notify = () => options.onChange(choices, chosen);
  const hide = () => {
    if (element) URL.revokeObjectURL(element.src);
    element?.remove();
    element = null;
  };
  const show = (track: SubtitleTrack, label: string, text: string) => {
    hide();
    element = document.createElement('track');
    element.kind = track.hearingImpaired ? 'captions' : 'subtitles';
    element.label = label;
    if (track.language) element.srclang = track.language;
    // A stranger's text: its cues are shown, its style sheets are not.
    const safe = toWebVtt(parseSubtitles(text).cues);
    element.src = URL.createObjectURL(new Blob([safe], { type: 'text/vtt' }));
    video.append(element);
    element.track.mode = 'showing';
  };

  const load = async (key: string, signal: AbortSignal): Promise<[SubtitleTrack, string]> => {
    for (let attempt = 1; ; attempt += 1) {
      const { client } = await link!.connection();
      try {
        // The peer of now may number its tracks in another way than the one before.
        await list(client);
        const track = withKey(key);
        if (!track) throw new Error('this peer does not have them');
        return [track, await client.subtitle(track.track, signal)];
      } catch (error) {
        signal.throwIfAborted();
        if ((error as { code?: string }).code !== 'closed' || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  };

  const choose = async (key: string | null) => {
    loading?.abort();
    const mine = new AbortController();
    loading = mine;
    chosen = key;
    hide();
    notify();
    if (key === null) return;
    try {
      const [track, text] = await load(key, mine.signal);
      const label = choices.find((choice) => choice.key === key)?.label ?? '';
      if (!mine.signal.aborted) show(track, label, text);
    } catch (error) {
      if (mine.signal.aborted) return;
      chosen = null;
      notify();
      throw error;
    }
  };

  return {
    async refresh(next) {
      link = next;
      const { client } = await link.connection();
      await list(client);
      notify();
      if (!isFirst) return;
      isFirst = false;
      const preferred = localStorage.getItem(PREFERENCE);
      const wanted = tracks.findIndex((one) => preferred && one.language === preferred && !one.forced);
      if (wanted >= 0) await choose(choices[wanted]!.key);
    },
    choose(key) {
      const preferred = (key === null ? undefined : withKey(key))?.language;
      if (key === null) localStorage.removeItem(PREFERENCE);
      else if (preferred) localStorage.setItem(PREFERENCE, preferred);
      return choose(key);
    },
    chosen: () => chosen,
    reshow() {
      if (element) element.track.mode = 'showing';
    },
    stop() {
      loading?.abort();
      hide();
    },
  };
}
