import type { Link } from '@giggityflix/player';
import type { SubtitleTrack } from '@giggityflix/proto/data-channel';
import { language } from '../ui/format.ts';

/** The language chosen last, so that the next film begins with it. */
const PREFERENCE = 'giggityflix.subtitles';
/** A peer that was lost while it sent subtitles is asked for again, as often as this. */
const MAX_ATTEMPTS = 3;

export interface SubtitleChoice {
  /** The same for the same track of whichever peer. */
  key: string;
  label: string;
}

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
  let chosen: string | null = null;
  let isFirst = true;
  let element: HTMLTrackElement | null = null;
  let loading: AbortController | null = null;

  const notify = () =>
    options.onChange(
      tracks.map((track) => ({ key: keyOf(track), label: labelOf(track) })),
      chosen,
    );
  const hide = () => {
    if (element) URL.revokeObjectURL(element.src);
    element?.remove();
    element = null;
  };
  const show = (track: SubtitleTrack, text: string) => {
    hide();
    element = document.createElement('track');
    element.kind = track.hearingImpaired ? 'captions' : 'subtitles';
    element.label = labelOf(track);
    if (track.language) element.srclang = track.language;
    element.src = URL.createObjectURL(new Blob([text], { type: 'text/vtt' }));
    video.append(element);
    element.track.mode = 'showing';
  };

  const load = async (key: string, signal: AbortSignal): Promise<[SubtitleTrack, string]> => {
    for (let attempt = 1; ; attempt += 1) {
      const { client } = await link!.connection();
      try {
        // The peer of now may number its tracks in another way than the one before.
        tracks = await client.subtitles();
        const track = tracks.find((one) => keyOf(one) === key);
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
      if (!mine.signal.aborted) show(track, text);
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
      tracks = await client.subtitles();
      notify();
      if (!isFirst) return;
      isFirst = false;
      const preferred = localStorage.getItem(PREFERENCE);
      const track = preferred && tracks.find((one) => one.language === preferred && !one.forced);
      if (track) await choose(keyOf(track));
    },
    choose(key) {
      const preferred = tracks.find((track) => keyOf(track) === key)?.language;
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

function keyOf({ language, name, forced, hearingImpaired }: SubtitleTrack): string {
  return JSON.stringify([language, name, forced, hearingImpaired]);
}

function labelOf({ language: tag, name, forced, hearingImpaired, track }: SubtitleTrack): string {
  const notes = [forced && 'forced', hearingImpaired && 'for the hard of hearing'].filter(Boolean);
  const words = [language(tag), name].filter(Boolean).join(' – ') || `Track ${track + 1}`;
  return notes.length > 0 ? `${words} (${notes.join(', ')})` : words;
}
