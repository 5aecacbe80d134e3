import {
  AppendOnlyStreamTarget,
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  type InputAudioTrack,
  type InputVideoTrack,
  Output,
  type OutputFormat,
} from 'mediabunny';
import { PlayerError } from './failure.ts';

/** What is handed on at a time where the container lets it. */
const PART_BYTES = 128 * 1_024;
const PART_PACKETS = 48;
/** Clocks of transport streams are so rough; sound that overlaps for longer is left out. */
const OVERLAP_SECONDS = 0.05;
/** Longest stretch from one picture that can be decoded by itself to the next one: it is held in memory. */
const MAX_STRETCH_BYTES = 64 * 1_024 * 1_024;

/** Where a track is read from. */
export interface Start {
  track: InputVideoTrack | InputAudioTrack;
  sink: EncodedPacketSink;
  packet: EncodedPacket;
}

/**
 * From the last picture at or before a timestamp of the file that can be decoded by itself, and the sound from there.
 *
 * @throws PlayerError `undecodable` where there is nothing to begin with
 */
export async function startsAt(
  { video, audio }: { video: InputVideoTrack | null; audio: InputAudioTrack | null },
  timestamp: number,
): Promise<Start[]> {
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

/**
 * Puts the packets of tracks into another container; `first` is the timestamp of the file at which the film begins.
 *
 * @throws PlayerError `undecodable` for what would have to be held in memory
 */
export async function* remux(
  format: OutputFormat,
  starts: readonly Start[],
  first: number,
): AsyncGenerator<Uint8Array, void, void> {
  const written: Uint8Array[] = [];
  const target = new AppendOnlyStreamTarget(
    new WritableStream<Uint8Array>({ write: (chunk) => void written.push(chunk) }),
  );
  const output = new Output({ format, target });
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

export function undecodable(reason: string): PlayerError {
  return new PlayerError({ kind: 'undecodable', reason });
}
