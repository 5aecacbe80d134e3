import type { AudioTrack } from '@giggityflix/proto/data-channel';
import type { SharedContent } from '../content/content-source.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import { createTreeCache } from '../pieces/tree-cache.ts';
import { createTimelines } from '../timeline/timeline.ts';
import { chooseAudio, createAudioTracks } from './audio-tracks.ts';
import { type ConversionPlaces, createConversions } from './conversions.ts';
import { openFFmpegRendition, pictureWork } from './rendition.ffmpeg.ts';
import { openOriginal, type Refusal, type Rendition, type RenditionRequest } from './rendition.ts';
import { RenditionError } from './rendition-error.ts';
import { capacityOf, REMUX_COST, transcodeCost } from './slots/costs.ts';

/** A film in the form a viewer asked for, and what can be chosen of it. */
export interface OpenedFilm extends Rendition {
  /** Empty where they are not known. @throws ContentChangedError, the signal's reason */
  audioTracks(signal: AbortSignal): Promise<AudioTrack[]>;
}

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
  const audioTracks = createAudioTracks(tools);
  const conversions = createConversions({ capacity: capacityOf(maxConverting), now });
  const timelines = createTimelines(tools);

  const convert = async (
    content: SharedContent,
    request: RenditionRequest,
    places: ConversionPlaces,
    waiting: Waiting,
  ): Promise<Rendition | Refusal> => {
    const { signal } = waiting;
    const { ffmpegPath, ffprobePath } = await tools();
    if (!ffmpegPath)
      return { error: 'unsupported', message: 'this peer has no FFmpeg to convert the film with' };
    if (!(await content.isAvailable()))
      return { error: 'file_changed', message: 'the file is not what it was' };
    const [tracks, timeline] = await Promise.all([
      audioTracks.list(content, signal),
      timelines.read(content, signal),
    ]);
    const audio = chooseAudio(content, tracks, request.audioTrack);
    if ('error' in audio) return audio;
    const place = await places.take({ ...placeFor(content, request), ...waiting });
    if (!place)
      return {
        error: 'busy',
        message: 'this peer already converts as much as it can',
        retryAfterMilliseconds: RETRY_AFTER_MS,
      };
    try {
      return place.guard(
        await openFFmpegRendition(content, request, { ffmpegPath, ffprobePath, audio, timeline }, signal),
      );
    } catch (error) {
      if (error instanceof RenditionError) return { error: 'unsupported', message: error.message };
      throw error;
    }
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
          return { ...opened, audioTracks: async (abort) => (await audioTracks.list(content, abort)) ?? [] };
        },
        release: places.release,
      };
    },
    waiting: conversions.waiting,
  };
}

function placeFor(content: SharedContent, request: RenditionRequest) {
  const picture = pictureWork(content, request);
  if (picture.kind === 'copy') return { kind: 'remux', cost: REMUX_COST } as const;
  return { kind: 'transcode', cost: transcodeCost(picture.maxHeight, content.height) } as const;
}
