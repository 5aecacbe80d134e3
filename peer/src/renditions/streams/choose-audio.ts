import type { SharedContent } from '../../content/content-source.ts';
import type { AudioSource, Refusal } from '../rendition.ts';
import type { FilmStreams } from './film-streams.ts';

/** The track a rendition is made with: the one wanted, or without a wish the default one; null for a film without sound. */
export function chooseAudio(
  { audioCodec }: Pick<SharedContent, 'audioCodec'>,
  streams: FilmStreams | null,
  wanted: number | undefined,
): { source: AudioSource | null } | Refusal {
  if (!streams) {
    const first = { track: 0, codec: audioCodec, channels: null, sampleRate: null };
    if (wanted === undefined) return { source: first };
    return { error: 'unsupported', message: 'this peer cannot tell the audio tracks of the film apart' };
  }
  const { audioTracks, sounds } = streams;
  if (wanted === undefined)
    return { source: sounds[audioTracks.find((track) => track.default)?.track ?? 0] ?? null };
  const message = `there is no audio track ${wanted}; the film has ${sounds.length}, numbered from 0`;
  const source = sounds[wanted];
  return source ? { source } : { error: 'not_found', message };
}
