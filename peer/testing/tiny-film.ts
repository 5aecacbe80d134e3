import { writeFileSync } from 'node:fs';
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  MkvOutputFormat,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';

export interface TinyFilmOptions {
  format: 'mp4' | 'mkv';
  seconds?: number;
  language?: string;
  /** MP4 with its index at the front, as players like it. */
  fastStart?: boolean;
}

/** Writes a film of a few kilobytes whose structure is real and whose frames are noise. */
export async function writeTinyFilm(path: string, options: TinyFilmOptions): Promise<void> {
  const format =
    options.format === 'mp4'
      ? new Mp4OutputFormat({ fastStart: options.fastStart ? 'in-memory' : false })
      : new MkvOutputFormat();
  const output = new Output({ format, target: new BufferTarget() });
  const video = new EncodedVideoPacketSource('vp9');
  const audio = new EncodedAudioPacketSource('opus');
  output.addVideoTrack(video, { frameRate: 10 });
  output.addAudioTrack(audio, { languageCode: options.language ?? 'deu' });
  await output.start();
  const frames = (options.seconds ?? 2) * 10;
  for (let frame = 0; frame < frames; frame += 1) {
    const data = Buffer.alloc(64, frame);
    const packet = new EncodedPacket(data, frame % 10 === 0 ? 'key' : 'delta', frame / 10, 0.1);
    const meta = { decoderConfig: { codec: 'vp09.00.10.08', codedWidth: 320, codedHeight: 180 } };
    await video.add(packet, frame === 0 ? meta : undefined);
    const sound = new EncodedPacket(data, 'key', frame / 10, 0.1);
    const config = { codec: 'opus', numberOfChannels: 2, sampleRate: 48_000 };
    await audio.add(sound, frame === 0 ? { decoderConfig: config } : undefined);
  }
  await output.finalize();
  writeFileSync(path, Buffer.from(output.target.buffer!));
}
