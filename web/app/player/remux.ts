import {
  CustomSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  MATROSKA,
  MP4,
  MPEG_TS,
  Mp4OutputFormat,
  OGG,
  QTFF,
  WEBM,
  WebMOutputFormat,
} from 'mediabunny';
import { PlayerError } from './failure.ts';
import { remux, startsAt, undecodable } from './remux-packets.ts';

/** Bytes of a film, whichever are wanted. */
export interface FilmBytes {
  sizeBytes: number;
  read(start: number, end: number): AsyncGenerator<Uint8Array, void, void>;
}

/** A film that is repackaged for Media Source: its picture and sound stay as they are. */
export interface RemuxedFilm {
  mimeType: string;
  durationSeconds: number | null;
  /** From the last picture at or before a place that can be decoded by itself. */
  from(seconds: number): Promise<{ completeFrom: number; parts(): AsyncGenerator<Uint8Array, void, void> }>;
  close(): void;
}

export interface RemuxOptions {
  bytes: FilmBytes;
  /** Whether Media Source takes streams of that type. */
  takesType(mimeType: string): boolean;
  /** How long the film is known to be, in seconds. */
  knownSeconds: number | null;
  /**
   * Whether its peer repackages it where the page would lose something: sound that the browser cannot decode, what comes before a
   * track that begins late, or the film's time where the clock of the file jumps.
   */
  isConvertible: boolean;
}

const FORMATS = [MP4, QTFF, MATROSKA, WEBM, MPEG_TS, OGG];
/** Read parts that the library keeps; the film's reader has more. */
const CACHE_BYTES = 8 * 1_024 * 1_024;
/** Shorter fragments reach the element sooner; each begins with a picture that can be decoded by itself. */
const FRAGMENT_SECONDS = 0.5;
/** Tracks that begin so far apart are shown from where both are there: an element waits for what is missing. */
const MAX_LATE_SECONDS = 0.3;
/** The file's own clock may be so far from the film's time at the end. */
const MAX_DRIFT_SECONDS = 2;
/** Containers to repackage into, the one with the shortest delay first. */
const OUTPUTS = [
  {
    subtype: 'webm',
    create: () => new WebMOutputFormat({ appendOnly: true, minimumClusterDuration: FRAGMENT_SECONDS }),
  },
  {
    subtype: 'mp4',
    create: () => new Mp4OutputFormat({ fastStart: 'fragmented', minimumFragmentDuration: FRAGMENT_SECONDS }),
  },
];

/** @throws PlayerError `undecodable` for a film that cannot be repackaged so that this browser plays it, and what `read` throws */
export async function openRemuxed(options: RemuxOptions): Promise<RemuxedFilm> {
  const { bytes } = options;
  let readError: unknown = null;
  const input = new Input({
    formats: FORMATS,
    source: new CustomSource({
      getSize: () => bytes.sizeBytes,
      read: (start, end) =>
        streamOf(bytes.read(start, end), (error) => {
          readError = error;
        }),
      maxCacheSize: CACHE_BYTES,
      prefetchProfile: 'network',
      handleUnhandledError: () => {},
    }),
  });
  /** An error that is not of reading is of what was read. */
  const explained = (error: unknown): unknown => {
    if (readError !== null) return readError;
    if (error instanceof PlayerError) return error;
    return undecodable(
      `it cannot be made ready for this browser: ${error instanceof Error ? error.message : error}`,
    );
  };
  try {
    const [video] = await input.getVideoTracks({
      filter: async (track) => (await track.getCodec()) !== null,
    });
    const [audio] = await input.getAudioTracks();
    const chosen = await choose({ video: video ?? null, audio: audio ?? null }, options);
    const first = Math.max(0, await input.getFirstTimestamp(tracksOf(chosen)));
    const until = await input.getDurationFromMetadata(tracksOf(chosen));
    if (options.isConvertible)
      await refuseLosses(input, chosen, { first, knownSeconds: options.knownSeconds });
    return {
      mimeType: chosen.mimeType,
      durationSeconds: until === null ? null : until - first,
      async from(seconds) {
        readError = null;
        try {
          const starts = await startsAt(chosen, seconds + first);
          return {
            completeFrom: Math.max(...starts.map(({ packet }) => packet.timestamp)) - first,
            async *parts() {
              try {
                yield* remux(chosen.createFormat(), starts, first);
              } catch (error) {
                throw explained(error);
              }
            },
          };
        } catch (error) {
          throw explained(error);
        }
      },
      close: () => input.dispose(),
    };
  } catch (error) {
    input.dispose();
    throw explained(error);
  }
}

/** What is repackaged, and into what. */
interface Chosen {
  video: InputVideoTrack | null;
  audio: InputAudioTrack | null;
  mimeType: string;
  createFormat: (typeof OUTPUTS)[number]['create'];
}

/** The first track of each kind, as elements choose them, in a container that the browser takes. */
async function choose(
  tracks: Pick<Chosen, 'video' | 'audio'>,
  { takesType, isConvertible }: RemuxOptions,
): Promise<Chosen> {
  const isMuteAllowed = !isConvertible && tracks.video && tracks.audio;
  for (const { video, audio } of isMuteAllowed ? [tracks, { ...tracks, audio: null }] : [tracks]) {
    const codecs = await Promise.all(tracksOf({ video, audio }).map(codecOf));
    const listed = codecs.filter((codec) => codec !== null);
    if (listed.length < codecs.length) continue;
    for (const { subtype, create } of OUTPUTS) {
      const supported = create().getSupportedCodecs();
      const mimeType = `${video ? 'video' : 'audio'}/${subtype}; codecs="${listed.map(({ name }) => name).join(', ')}"`;
      if (listed.length > 0 && listed.every(({ codec }) => supported.includes(codec)) && takesType(mimeType))
        return { video, audio, mimeType, createFormat: create };
    }
  }
  throw undecodable('this browser has no decoder for its picture or its sound');
}

/** @throws PlayerError where the film would be less than its peer can make of it */
async function refuseLosses(
  input: Input,
  chosen: Chosen,
  { first, knownSeconds }: { first: number; knownSeconds: number | null },
): Promise<void> {
  const begins = await Promise.all(tracksOf(chosen).map((track) => track.getFirstTimestamp()));
  if (Math.max(...begins) - first > MAX_LATE_SECONDS)
    throw undecodable('its picture and its sound begin apart from each other');
  if (knownSeconds === null) return;
  const ends = await input.computeDuration(tracksOf(chosen));
  if (Math.abs(ends - first - knownSeconds) > MAX_DRIFT_SECONDS)
    throw undecodable('the clock of the file jumps');
}

/** Null where nobody knows it. */
async function codecOf(track: InputVideoTrack | InputAudioTrack) {
  const [codec, name] = [await track.getCodec(), await track.getCodecParameterString()];
  return codec && name ? { codec, name } : null;
}

function tracksOf({ video, audio }: Pick<Chosen, 'video' | 'audio'>) {
  return [video, audio].filter((track) => track !== null);
}

function streamOf(
  parts: AsyncGenerator<Uint8Array, void, void>,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await parts.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          onError(error);
          controller.error(error);
        }
      },
      async cancel() {
        await parts.return();
      },
    },
    { highWaterMark: 0 },
  );
}
