import type { ChannelErrorCode } from '@giggityflix/proto/data-channel';
import type { SharedContent } from '../content/content-source.ts';
import type { PieceReader } from '../pieces/piece-source.ts';
import { createPieceSource } from '../pieces/piece-source.ts';
import type { TreeCache } from '../pieces/tree-cache.ts';

export interface RenditionRequest {
  rendition: 'original' | 'remux' | 'transcode';
  /** Where a rendition made on the fly begins. */
  startSeconds: number;
  /** Tallest picture of a transcoded one, in lines. */
  maxHeight?: number;
  /** Which of the film's audio tracks one made on the fly has; without it the default one. */
  audioTrack?: number;
  /** Channels the viewer's device can give out; stereo without. */
  audioChannels?: number;
}

/** An audio track by its place among those of the film, and its codec as FFmpeg names it. */
export interface AudioSource {
  track: number;
  /** The container's number of it, in FFmpeg's form. */
  id?: string | null;
  /** FFmpeg's name of it, where it is not the track of that place. */
  stream?: string;
  codec: string | null;
  channels: number | null;
  sampleRate: number | null;
}

/** Why a viewer is not given what it asked for. */
export interface Refusal {
  error: ChannelErrorCode;
  message: string;
  /** With `busy`: when to ask again at the earliest. */
  retryAfterMilliseconds?: number;
}

/** A file in the form a viewer asked for. */
export interface Rendition extends PieceReader {
  rendition: RenditionRequest['rendition'];
  /** Null for a form that is being made. */
  sizeBytes: number | null;
  mimeType: string;
  startSeconds: number;
  durationSeconds: number | null;
  /** Channels of the sound of a form made on the fly, 0 for none; null where nobody knows. */
  audioChannels?: number | null;
  /** Resolves once all of a form that is made on the fly has been made, whether or not it has been read. */
  finished?: Promise<unknown>;
  close(): Promise<void>;
}

/** The file as it is, with a proof for every piece. */
export function openOriginal(content: SharedContent, trees: TreeCache): Rendition {
  const source = createPieceSource(content, trees.acquire(content));
  let held = true;
  return {
    rendition: 'original',
    sizeBytes: content.sizeBytes,
    mimeType: content.mimeType,
    startSeconds: 0,
    durationSeconds: content.durationSeconds,
    read: source.read,
    prefetch: source.prefetch,
    async close() {
      if (held) trees.release(content.catalogId);
      held = false;
      await source.close();
    },
  };
}
