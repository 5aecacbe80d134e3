import type { Link, ViewerClient } from '@giggityflix/player';
import { DRAWN_SUBTITLE_FORMATS, type SubtitleTrack } from '@giggityflix/proto/data-channel';
import { type Cue, parseSubtitles } from '@giggityflix/subtitles';
import { viewerLanguages } from '../languages.ts';
import { ownKey, watcher } from '../watcher.ts';
import { firstChoice, type SubtitleChoice, toChoices } from './choices.ts';
import { type Loaded, loadUnpacked } from './loaded.ts';
import { readOwnFile } from './own-file.ts';
import type { SubtitleScreen } from './screen.ts';
import { showLoaded } from './show.ts';
import { unpack } from './unpack.ts';

/** The language chosen last, so that the next film begins with it; empty for none. */
const PREFERENCE = 'giggityflix.subtitles';
/** A peer that was lost while it sent subtitles is asked for again, as often as this. */
const MAX_ATTEMPTS = 3;
/** Files of one's own that are kept to choose from. */
const MAX_OWN_FILES = 10;

/** The subtitles of the film being played. */
export interface PlayerSubtitles {
  /** Asks the peer which there are; shows the preferred one the first time, which may depend on the language heard. */
  refresh(link: Link, heard: Promise<string | null>): Promise<void>;
  /** Shows one, or none for null. @throws Error when it cannot be had; then none is shown. */
  choose(key: string | null): Promise<void>;
  /** Shows files of the viewer's own; they stay in the page. @throws Error when they are no subtitles. */
  add(files: readonly File[]): Promise<void>;
  chosen(): string | null;
  /** The texts of what is shown; empty for pictures. */
  cues(): readonly Cue[];
  /** How much later than its file says the chosen track is shown. */
  offset(): number;
  setOffset(seconds: number): void;
  /** The element has been given another film: what was shown is shown again. */
  reshow(): void;
  stop(): void;
}

export function createPlayerSubtitles(options: {
  video: HTMLVideoElement;
  onChange(choices: SubtitleChoice[], chosen: string | null): void;
  /** A track is shown without its styles, and why. */
  onPlain(reason: string): void;
}): PlayerSubtitles {
  const { video } = options;
  let link: Link | null = null;
  let tracks: SubtitleTrack[] = [];
  let choices: SubtitleChoice[] = [];
  let chosen: string | null = null;
  let isFirst = true;
  let screen: SubtitleScreen | null = null;
  let loaded: Loaded | null = null;
  let loading: AbortController | null = null;
  const own = new Map<string, { label: string; loaded: Loaded }>();
  const offsets = new Map<string, number>();

  const list = async (client: ViewerClient) => {
    tracks = await client.subtitles(DRAWN_SUBTITLE_FORMATS);
    choices = toChoices(tracks);
  };
  const withKey = (key: string) => tracks[choices.findIndex((choice) => choice.key === key)];
  const notify = () => {
    const files = [...own].map(([key, { label }]) => ({ key, label }));
    options.onChange([...choices, ...files], chosen);
  };
  const hide = () => {
    screen?.stop();
    screen = null;
    loaded = null;
  };
  const offset = () => (chosen === null ? 0 : (offsets.get(chosen) ?? 0));

  const fetchTrack = async (key: string, signal: AbortSignal): Promise<Loaded> => {
    for (let attempt = 1; ; attempt += 1) {
      const { client } = await link!.connection();
      try {
        // The peer of now may number its tracks in another way than the one before.
        await list(client);
        const track = withKey(key);
        if (!track) throw new Error('the machine the film comes from does not have them');
        if (track.format)
          try {
            const packed = await client.drawnSubtitle(track.track, track.format, signal);
            return loadUnpacked(track.format, await unpack(packed));
          } catch (error) {
            signal.throwIfAborted();
            if (track.format !== 'ass' || (error as { code?: string }).code === 'closed') throw error;
            options.onPlain((error as Error).message);
          }
        return { kind: 'text', cues: parseSubtitles(await client.subtitle(track.track, signal)).cues };
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
    const { signal } = mine;
    chosen = key;
    hide();
    notify();
    if (key === null) return;
    try {
      const mineLoaded = own.get(key)?.loaded ?? (await fetchTrack(key, signal));
      signal.throwIfAborted();
      const track = withKey(key);
      const shown = await showLoaded(mineLoaded, {
        video,
        label: choices.find((choice) => choice.key === key)?.label ?? own.get(key)?.label ?? '',
        language: track?.language ?? null,
        isCaptions: track?.hearingImpaired ?? false,
        offsetSeconds: offset(),
        onPlain: options.onPlain,
        signal,
      });
      if (signal.aborted) return shown.stop();
      loaded = mineLoaded;
      screen = shown;
      // It may have been changed while the track was on its way.
      screen.setOffset(offset());
      notify();
    } catch (error) {
      if (signal.aborted) return;
      chosen = null;
      notify();
      throw error;
    }
  };

  return {
    async refresh(next, heard) {
      link = next;
      const { client } = await link.connection();
      await list(client);
      notify();
      if (!isFirst) return;
      isFirst = false;
      const reading = { preferred: localStorage.getItem(ownKey(PREFERENCE)), languages: readingLanguages() };
      const wanted = firstChoice(tracks, { ...reading, heard: await heard });
      const key = choices[wanted]?.key;
      // The viewer may have chosen meanwhile.
      if (key !== undefined && loading === null) await choose(key);
    },
    choose(key) {
      const preferred = (key === null ? undefined : withKey(key))?.language;
      if (key === null) localStorage.setItem(ownKey(PREFERENCE), '');
      else if (preferred) localStorage.setItem(ownKey(PREFERENCE), preferred);
      return choose(key);
    },
    async add(files) {
      const found = await readOwnFile(files);
      const label = files.find(({ name }) => !/\.sub$/i.test(name))?.name ?? files[0]!.name;
      const key = `own ${label}`;
      own.delete(key);
      own.set(key, { label, loaded: found });
      for (const oldest of own.keys()) if (own.size > MAX_OWN_FILES) own.delete(oldest);
      await choose(key);
    },
    chosen: () => chosen,
    cues: () => (loaded && 'cues' in loaded ? loaded.cues : []),
    offset,
    setOffset(seconds) {
      if (chosen === null) return;
      offsets.set(chosen, seconds);
      screen?.setOffset(seconds);
    },
    reshow: () => screen?.reshow(),
    stop() {
      loading?.abort();
      hide();
    },
  };
}

/** The languages in which who watches wants to read: those of the profile alone, where it names any. */
function readingLanguages(): string[] {
  const { subtitleLanguages } = watcher();
  return viewerLanguages(subtitleLanguages.length > 0 ? subtitleLanguages : undefined);
}
