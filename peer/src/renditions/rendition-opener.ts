import type { AudioTrack } from '@giggityflix/proto/data-channel';
import { LRUCache } from 'lru-cache';
import type { SharedContent } from '../content/content-source.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import { createTreeCache } from '../pieces/tree-cache.ts';
import { pictureWork } from './arguments/picture.ts';
import type { PictureWork } from './arguments/work.ts';
import { type ConversionPlaces, createConversions } from './conversions.ts';
import { openFFmpegRendition } from './rendition.ffmpeg.ts';
import { openOriginal, type Refusal, type Rendition, type RenditionRequest } from './rendition.ts';
import { RenditionError } from './rendition-error.ts';
import { capacityOf, REMUX_COST, transcodeCost } from './slots/costs.ts';
import { chooseAudio } from './streams/choose-audio.ts';
import { createFilmStreamsReader } from './streams/film-streams.ts';

/** A film in the form a viewer asked for, and what can be chosen of it. */
export interface OpenedFilm extends Rendition {
  /** @throws ContentChangedError, the signal's reason */
  contents(signal: AbortSignal): Promise<FilmContents>;
}

/** What can be chosen of a film, and what matters for the choice of a form. */
export interface FilmContents {
  /** Empty where they are not known. */
  audioTracks: AudioTrack[];
  /** Null where nothing is known of it. */
  picture: { interlaced: boolean } | null;
  /** Where the film's 0 is on the clock of the file; null where it is not known. */
  originSeconds: number | null;
}

/** Few films are not as long as they say. */
const MAX_KNOWN_ENDS = 256;
/** When a viewer that was refused for want of room may ask again. */
const RETRY_AFTER_MS = 5_000;

const ORIGINAL_HAS_ALL =
  'the original has all its audio tracks, as they are: choose one of them in the player, or ask for a remux';

/** The forms one viewer opens, one after the other. */
export interface ViewerRenditions {
  /**
   * Takes over the place of the conversion before it, which must be closed by then.
   *
   * @param onQueued called with the place in the queue while there is no room; without it the viewer is refused.
   * @throws the signal's reason when it is aborted first.
   */
  open(
    content: SharedContent,
    request: RenditionRequest,
    signal: AbortSignal,
    onQueued?: (position: number) => void,
  ): Promise<OpenedFilm | Refusal>;
  /** Gives up the place: nothing of the viewer's is converted any more. */
  release(): void;
}

export interface RenditionOpener {
  /** @param account what the viewer's turns are counted by; null where it is unknown */
  forViewer(account: string | null): ViewerRenditions;
  /** Viewers that wait for a place. */
  waiting(): number;
}

export interface RenditionOpenerOptions {
  tools: () => Promise<FFmpegTools>;
  /** Conversions of 1080 lines at once; half the cores where it is not given. Smaller ones and remuxes cost less. */
  maxConverting?: number;
  /** Milliseconds of any clock that only goes forward. */
  now?: () => number;
}

interface Waiting {
  signal: AbortSignal;
  onQueued: ((position: number) => void) | undefined;
}

/** Gives films in the form asked for, with a bound on what their conversions cost at once. */
export function createRenditionOpener({
  tools,
  maxConverting,
  now = () => performance.now(),
}: RenditionOpenerOptions): RenditionOpener {
  const trees = createTreeCache();
  const streamsOf = createFilmStreamsReader(tools);
  /** When films are over that are shorter than they say. */
  const ends = new LRUCache<string, number>({ max: MAX_KNOWN_ENDS });
  const conversions = createConversions({ capacity: capacityOf(maxConverting), now });

  const convert = async (
    described: SharedContent,
    request: RenditionRequest,
    places: ConversionPlaces,
    waiting: Waiting,
  ): Promise<Rendition | Refusal> => {
    const { signal } = waiting;
    const content = {
      ...described,
      durationSeconds: ends.get(described.catalogId) ?? described.durationSeconds,
    };
    const { ffmpegPath, ffprobePath } = await tools();
    if (!ffmpegPath)
      return { error: 'unsupported', message: 'this peer has no FFmpeg to convert the film with' };
    if (!(await content.isAvailable()))
      return { error: 'file_changed', message: 'the file is not what it was' };
    const streams = await streamsOf.read(content, signal);
    if (streams && !streams.picture && streams.sounds.length === 0)
      return { error: 'unsupported', message: 'the film has neither a picture nor sound' };
    const audio = chooseAudio(content, streams, request.audioTrack);
    if ('error' in audio) return audio;
    const picture = pictureWork(content, streams, request);
    const place = await places.take({ ...placeFor(picture, content), ...waiting });
    if (!place)
      return {
        error: 'busy',
        message: 'this peer already converts as much as it can',
        retryAfterMilliseconds: RETRY_AFTER_MS,
      };
    try {
      const options = { ffmpegPath, ffprobePath, picture, audio: audio.source };
      const timeline = streams?.timeline ?? null;
      const opened = await openFFmpegRendition(content, request, { ...options, timeline }, signal);
      if (opened.durationSeconds !== null && opened.durationSeconds !== content.durationSeconds)
        ends.set(content.catalogId, opened.durationSeconds);
      return place.guard(opened);
    } catch (error) {
      if (error instanceof RenditionError) return { error: 'unsupported', message: error.message };
      throw error;
    }
  };

  const contentsOf = async (content: SharedContent, signal: AbortSignal): Promise<FilmContents> => {
    const streams = await streamsOf.read(content, signal);
    return {
      audioTracks: streams?.audioTracks ?? [],
      picture: streams?.picture ? { interlaced: streams.picture.isInterlaced } : null,
      originSeconds: streams?.timeline.originSeconds ?? null,
    };
  };

  return {
    forViewer(account) {
      const places = conversions.forViewer(account ?? '');

      const openAs = async (
        content: SharedContent,
        request: RenditionRequest,
        waiting: Waiting,
      ): Promise<Rendition | Refusal> => {
        if (request.rendition !== 'original') return convert(content, request, places, waiting);
        places.release();
        if (request.audioTrack === undefined) return openOriginal(content, trees);
        return { error: 'unsupported', message: ORIGINAL_HAS_ALL };
      };
      return {
        async open(content, request, signal, onQueued) {
          const opened = await openAs(content, request, { signal, onQueued });
          if ('error' in opened) return opened;
          return { ...opened, contents: (abort) => contentsOf(content, abort) };
        },
        release: places.release,
      };
    },
    waiting: conversions.waiting,
  };
}

function placeFor(picture: PictureWork, { height }: Pick<SharedContent, 'height'>) {
  if (picture.kind !== 'encode') return { kind: 'remux', cost: REMUX_COST } as const;
  return { kind: 'transcode', cost: transcodeCost(picture.maxHeight, height) } as const;
}
