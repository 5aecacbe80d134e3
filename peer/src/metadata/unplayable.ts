import type { MediaTrack } from '@giggityflix/proto/media-file';
import type { InputTrack } from 'mediabunny';
import { clean } from '../naming/text.ts';

/** The file is no film anyone could play; `message` says why, to its owner. */
export class UnplayableError extends Error {
  override readonly name = 'UnplayableError';
}

/** Codecs mediabunny has a name for; of others it only gives what the container calls them. */
export const KNOWN_CODECS: ReadonlySet<string> = new Set([
  ...['avc', 'hevc', 'vp8', 'vp9', 'av1', 'aac', 'opus', 'mp3', 'vorbis', 'flac'],
  ...['ac3', 'eac3', 'dts', 'prores'],
]);

/**
 * A film whose pictures nothing can decode is none, though its sound could be heard; nor is one without any.
 *
 * @throws UnplayableError
 */
export function checkCodecs(
  tracks: readonly MediaTrack[],
  { tracks: probed }: { tracks: readonly MediaTrack[] },
): void {
  const kind = tracks.some((track) => track.kind === 'VIDEO') ? 'VIDEO' : 'AUDIO';
  const ofKind = tracks.filter((track) => track.kind === kind);
  const isKnown =
    probed.some((track) => track.kind === kind && track.codec !== null) ||
    ofKind.some(({ codec }) => codec !== null && KNOWN_CODECS.has(codec));
  if (ofKind.length === 0 || isKnown) return;
  const names = [...new Set(ofKind.flatMap(({ codec }) => codec ?? []))].map((name) =>
    clean(name).slice(0, 40),
  );
  throw new UnplayableError(
    `its ${kind === 'VIDEO' ? 'picture' : 'sound'} is of a codec that FFmpeg does not know${names.length > 0 ? ` (${names.join(', ')})` : ''}`,
  );
}

/** The codecs whose settings begin with a version, which is 1 (ISO/IEC 14496-15). */
const VERSIONED: ReadonlySet<string> = new Set(['avc', 'hevc']);

/**
 * What decoders are set up with is needed for every picture, and what an edit list leaves out is shown by no player.
 *
 * @throws UnplayableError
 */
export async function checkTracks(tracks: readonly InputTrack[]): Promise<void> {
  const media = tracks.filter((track) => track.isVideoTrack() || track.isAudioTrack());
  for (const track of media) {
    const codec = await track.getCodec();
    if (!track.isVideoTrack() || codec === null || !VERSIONED.has(codec)) continue;
    const settings = (await track.getDecoderConfig().catch(() => null))?.description;
    if (settings && firstByte(settings) !== 1)
      throw new UnplayableError(
        'it is damaged: the settings of its decoder are broken, so that no picture can be shown',
      );
  }
  const starts = await Promise.all(media.map((track) => track.getFirstTimestamp().catch(() => 0)));
  if (media.length === 0 || starts.some((start) => start >= 0)) return;
  const ends = await Promise.all(media.map((track) => track.computeDuration().catch(() => 1)));
  if (ends.every((end) => end <= 0))
    throw new UnplayableError('its edit list leaves nothing of it to be played');
}

function firstByte(data: ArrayBufferLike | ArrayBufferView): number | undefined {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset)[0] : new Uint8Array(data)[0];
}
