import {
  AppendOnlyStreamTarget,
  CustomSource,
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  MATROSKA,
  MP4,
  MPEG_TS,
  Mp4OutputFormat,
  OGG,
  Output,
  QTFF,
  WEBM,
  WebMOutputFormat,
} from 'mediabunny';
import { PlayerError } from './failure.ts';

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
/** What is handed on at a time where the container lets it. */
const PART_BYTES = 128 * 1_024;
const PART_PACKETS = 48;
/** Tracks that begin so far apart are shown from where both are there: an element waits for what is missing. */
const MAX_LATE_SECONDS = 0.3;
/** The file's own clock may be so far from the film's time at the end. */
const MAX_DRIFT_SECONDS = 2;
/** Clocks of transport streams are so rough; sound that overlaps for longer is left out. */
const OVERLAP_SECONDS = 0.05;
/** Longest stretch from one picture that can be decoded by itself to the next one: it is held in memory. */
const MAX_STRETCH_BYTES = 64 * 1_024 * 1_024;

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
    return undecodable(`it cannot be repackaged: ${error instanceof Error ? error.message : error}`);
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
                yield* remux(chosen, starts, first);
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

/** Where a track is read from. */
interface Start {
  track: InputVideoTrack | InputAudioTrack;
  sink: EncodedPacketSink;
  packet: EncodedPacket;
}

async function startsAt({ video, audio }: Chosen, timestamp: number): Promise<Start[]> {
  const starts: Start[] = [];
  let at = timestamp;
  if (video) {
    const sink = new EncodedPacketSink(video);
    const options = { verifyKeyPackets: true };
    const packet = (await sink.getKeyPacket(at, options)) ?? (await sink.getFirstKeyPacket(options));
    if (!packet) throw undecodable('none of its pictures can be decoded by itself');
    starts.push({ track: video, sink, packet });
    at = Math.min(at, packet.timestamp);
  }
  if (audio) {
    const sink = new EncodedPacketSink(audio);
    const packet = (await sink.getPacket(at)) ?? (await sink.getFirstPacket());
    // One that is listed and empty is no sound.
    if (packet) starts.push({ track: audio, sink, packet });
  }
  if (starts.length === 0) throw undecodable('there is nothing in it');
  return starts;
}

async function* remux(
  { createFormat }: Chosen,
  starts: readonly Start[],
  first: number,
): AsyncGenerator<Uint8Array, void, void> {
  const written: Uint8Array[] = [];
  const target = new AppendOnlyStreamTarget(
    new WritableStream<Uint8Array>({ write: (chunk) => void written.push(chunk) }),
  );
  const output = new Output({ format: createFormat(), target });
  const lanes = await Promise.all(starts.map((start) => openLane(output, start, first)));
  await output.start();
  let [waiting, packets] = [0, 0];
  try {
    for (;;) {
      // The container wants the next packet of each track before it goes on with any.
      const lane = lanes.filter(({ isDone }) => !isDone()).sort((one, other) => one.at() - other.at())[0];
      if (!lane) break;
      waiting += await lane.step();
      packets += 1;
      const ready = written.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (ready > 0 && (ready >= PART_BYTES || packets >= PART_PACKETS)) {
        yield joined(written.splice(0));
        [waiting, packets] = [0, 0];
      } else if (waiting - ready > MAX_STRETCH_BYTES)
        throw undecodable('too much of it must be read before any of it can be shown');
    }
    await output.finalize();
    if (written.length > 0) yield joined(written.splice(0));
  } finally {
    await Promise.all(lanes.map(({ stop }) => stop()));
    if (output.state === 'started') await output.cancel();
  }
}

/** One track on its way. */
async function openLane(output: Output, { track, sink, packet: start }: Start, first: number) {
  const packets = sink.packets(start);
  const add = await addTrack(output, track);
  let at = Number.NEGATIVE_INFINITY;
  let isDone = false;
  return {
    at: () => at,
    isDone: () => isDone,
    /** Adds the next packet, and gives its length. */
    async step(): Promise<number> {
      const { value: packet } = await packets.next();
      if (!packet) {
        isDone = true;
        add.end();
        return 0;
      }
      const timestamp = packet.timestamp - first;
      if (track.isAudioTrack()) {
        // What an edit list cuts off before the beginning is decoded and not heard; no sound depends on it.
        if (timestamp < 0 || timestamp < at - OVERLAP_SECONDS) return 0;
        at = Math.max(at, timestamp);
        await add.packet(packet.clone({ timestamp: at }));
      } else {
        at = Math.max(at, timestamp);
        await add.packet(packet.clone({ timestamp }));
      }
      return packet.byteLength;
    },
    stop: () => packets.return(),
  };
}

async function addTrack(output: Output, track: InputVideoTrack | InputAudioTrack) {
  if (track.isVideoTrack()) {
    const source = new EncodedVideoPacketSource((await track.getCodec())!);
    output.addVideoTrack(source, { rotation: await track.getRotation() });
    const decoderConfig = (await track.getDecoderConfig())!;
    return {
      packet: (packet: EncodedPacket) => source.add(packet, { decoderConfig }),
      end: () => source.close(),
    };
  }
  const audio = track as InputAudioTrack;
  const source = new EncodedAudioPacketSource((await audio.getCodec())!);
  output.addAudioTrack(source);
  const decoderConfig = (await audio.getDecoderConfig())!;
  return {
    packet: (packet: EncodedPacket) => source.add(packet, { decoderConfig }),
    end: () => source.close(),
  };
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
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

function undecodable(reason: string): PlayerError {
  return new PlayerError({ kind: 'undecodable', reason });
}
