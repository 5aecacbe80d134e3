// The part of zod that leaves out of a bundle what is not used: this file goes to browsers.
import * as z from 'zod/mini';
import { catalogId } from './catalog-id.ts';

/**
 * The protocol a viewer and a peer speak over a WebRTC data channel (reliable, ordered).
 *
 * The viewer opens the channel, sends `open`, and once `opened` asks for byte ranges. Text messages are
 * JSON and small; binary messages are fragments of pieces. A piece is 256 KiB of the file (the last may be
 * shorter), aligned, sent whole whatever part of it was asked for, announced by `piece` with the uncle
 * hashes that prove it against the catalog id (BEP 52 Merkle tree). The peer sends no more payload than the viewer has
 * granted: a grant is the total number of fragment bytes the viewer is ready to take since the channel opened.
 *
 * Requests take turns, one piece each. After `cancel` nothing follows for that request but what was already
 * on its way, and no `done`. A further `open` ends all reads and begins anew on the same channel.
 *
 * A rendition is a stream of fragmented MP4 without a size or proofs. Its pieces are numbered from 0 and may
 * be shorter than a piece; it is read in order, each `read` beginning where the last one ended, and `done`
 * before the end asked for means that the stream has ended.
 *
 * A rendition has one audio track of the film: the one chosen in `open` of those that `audioTracks` lists, or else the default
 * one. The original has them all, as they are.
 *
 * A peer that converts as much as it can says `busy`. To a viewer that asked to wait (`open.queue`) it says so with a `position`: the
 * `open` is not over then. Further positions follow as the queue moves, and `opened` once it is the viewer's turn.
 *
 * Subtitles come as WebVTT in UTF-8, in pieces like those of a rendition, whatever the file holds. `subtitles` lists what there
 * is, and `subtitle` asks for one of that list. A viewer that draws other formats names them, and may ask for those; only such a
 * viewer is given tracks that are pictures. They come as gzip.
 */
export const DATA_CHANNEL_LABEL = 'giggityflix/1';

/** BEP 52 block: the leaf of the Merkle tree. */
export const BLOCK_SIZE = 16_384;
/** The unit a viewer verifies; 16 blocks. */
export const PIECE_SIZE = 262_144;
/** Payload of one binary message: a fifth of a piece, as every WebRTC implementation takes messages of 64 KiB. */
export const FRAGMENT_SIZE = Math.ceil(PIECE_SIZE / 5);
/** The same where the viewer's offer allows messages of more than 128 KiB (RFC 8841), as browsers' do. */
export const LARGE_FRAGMENT_SIZE = PIECE_SIZE / 2;
/** Bytes before a fragment's payload: request id, piece index, offset within the piece; three big-endian uint32. */
export const FRAGMENT_HEADER_SIZE = 12;
/** Most requests a viewer may have open. */
export const MAX_OPEN_READS = 16;
/** Longest range of one request, in bytes. */
export const MAX_READ_BYTES = 16 * 1_024 * 1_024;
/** Longest control message, in characters. */
export const MAX_CONTROL_LENGTH = 16_384;

/** Longest WebVTT a peer sends, in bytes; the text of a long film is a tenth of it. */
export const MAX_SUBTITLE_BYTES = 2 * 1_024 * 1_024;
/** Longest subtitles a peer sends in a format other than WebVTT, in bytes, as they are sent. */
export const MAX_DRAWN_SUBTITLE_BYTES = 24 * 1_024 * 1_024;
/** The same unpacked: fonts, or the pictures of a long film. */
export const MAX_UNPACKED_SUBTITLE_BYTES = 64 * 1_024 * 1_024;
/** Formats of subtitles that are drawn over the picture. */
export const DRAWN_SUBTITLE_FORMATS = ['ass', 'pgs', 'vobsub'] as const;
/** Most subtitle tracks a peer lists. */
export const MAX_SUBTITLE_TRACKS = 64;
/** Most audio tracks a peer lists; a disc has 32 at most, and their list fits into one control message. */
export const MAX_AUDIO_TRACKS = 32;
/** Heights a transcoded picture is offered in. It is never made taller than it was. */
export const TRANSCODE_HEIGHTS = [1_080, 720, 480, 360] as const;

/** Most control messages a viewer may send in a second; a peer closes the channel of one that sends more. */
export const MAX_CONTROL_MESSAGES_PER_SECOND = 500;

const id = z.int().check(z.minimum(1), z.maximum(0xffff_ffff));
const bytes = z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER));
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const token = z.string().check(z.maxLength(8_192));
const rendition = z.enum(['original', 'remux', 'transcode']);
const trackNumber = z.int().check(z.minimum(0), z.maximum(MAX_SUBTITLE_TRACKS - 1));
const audioTrackNumber = z.int().check(z.minimum(0), z.maximum(MAX_AUDIO_TRACKS - 1));
const drawnFormat = z.enum(DRAWN_SUBTITLE_FORMATS);
export type DrawnSubtitleFormat = z.infer<typeof drawnFormat>;
/** BCP 47 or ISO 639-2; null where it is unknown. */
const trackLanguage = z.nullable(z.string().check(z.maxLength(35)));
/** What its maker called it. */
const trackName = z.nullable(z.string().check(z.maxLength(100)));

/** What a viewer sends. `read` asks for the bytes `start` to `end` (exclusive). */
export const viewerMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('open'),
    token,
    catalogId,
    /** Asks for a form the viewer can decode, where the original is not one; see `opened.rendition`. */
    rendition: z._default(rendition, 'original'),
    /** Where a rendition made on the fly begins, in seconds. */
    startSeconds: z._default(z.number().check(z.minimum(0)), 0),
    /** Tallest picture of a transcoded rendition, in lines; for a line or a screen that is no use for more. */
    maxHeight: z.optional(z.int().check(z.minimum(144), z.maximum(TRANSCODE_HEIGHTS[0]))),
    /** The audio track of a rendition made on the fly, by its number; without it the default one. An original has them all. */
    audioTrack: z.optional(audioTrackNumber),
    /** Channels the device can give out; a rendition has no more. Stereo unless given. */
    audioChannels: z.optional(z.int().check(z.minimum(1), z.maximum(255))),
    /** Wait for a turn while the peer converts as much as it can. */
    queue: z.optional(z.boolean()),
    /** Comes back in the answer. An `open` that another one follows before it was answered is not answered. */
    id: z.optional(id),
  }),
  z.object({ type: z.literal('read'), id, start: bytes, end: bytes }),
  z.object({ type: z.literal('cancel'), id }),
  /** Asks which audio tracks the film has; answered by `audioTracks`. */
  z.object({ type: z.literal('audioTracks'), id }),
  /** Asks which subtitles there are; answered by `subtitles`. */
  z.object({
    type: z.literal('subtitles'),
    id,
    /** Formats the viewer draws, beside WebVTT; those that the peer does not know are of no effect. */
    formats: z.optional(z.array(z.string().check(z.maxLength(20))).check(z.maxLength(16))),
  }),
  /** Asks for one of them, as WebVTT or in its own format; answered by pieces and `done`. */
  z.object({ type: z.literal('subtitle'), id, track: trackNumber, format: z.optional(drawnFormat) }),
  z.object({ type: z.literal('grant'), totalBytes: bytes }),
  /** A token renewed before the old one ends. */
  z.object({ type: z.literal('token'), token }),
  z.object({ type: z.literal('close') }),
]);
export type ViewerMessage = z.infer<typeof viewerMessage>;
/** Any message that names its request, understood or not. */
export const messageWithId = z.object({ id });

export const CHANNEL_ERROR_CODES = [
  'bad_message',
  'unauthorized',
  'not_found',
  'busy',
  'bad_range',
  'read_failed',
  'file_changed',
  'unsupported',
  /** The playback session has ended, or is served by another peer now: the channel closes. */
  'session_ended',
] as const;

const audioTrack = z.object({
  /** Its place among the audio tracks of the file, from 0: the same at every peer. */
  track: audioTrackNumber,
  language: trackLanguage,
  name: trackName,
  /** As FFmpeg names it: `aac`, `ac3`, `dts`, …. */
  codec: z.nullable(z.string().check(z.maxLength(40))),
  /** Null where it is unknown. */
  channels: z.nullable(z.int().check(z.minimum(1), z.maximum(255))),
  /** The one of a rendition for which none is chosen: no commentary or description, and marked so by its maker, where there is one. */
  default: z.boolean(),
  /** People talk about the film. */
  commentary: z.boolean(),
  /** Describes the picture for those who cannot see it. */
  audioDescription: z.boolean(),
  /** What the file has of it before its beginning, as an edit list says, which browsers play after a seek; absent where they do not. */
  trimmedSeconds: z.optional(z.number().check(z.positive())),
});
export type AudioTrack = z.infer<typeof audioTrack>;

const subtitleTrack = z.object({
  track: trackNumber,
  language: trackLanguage,
  name: trackName,
  /** Only what is foreign to those who understand the sound, such as signs. */
  forced: z.boolean(),
  /** Describes sounds too. */
  hearingImpaired: z.boolean(),
  /** Its own format, of those the viewer named; `pgs` and `vobsub` are pictures, which have no text. */
  format: z.optional(drawnFormat),
});
export type SubtitleTrack = z.infer<typeof subtitleTrack>;

/** What a peer sends in text. */
export const peerMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('opened'),
    /** Null for a rendition: its length is not known until it has been made. */
    sizeBytes: z.nullable(bytes),
    /** With a `codecs` parameter (RFC 6381) where it is known. */
    mimeType: z.string(),
    pieceSize: z.literal(PIECE_SIZE),
    rendition,
    /** Where the rendition really begins: at or shortly before the place asked for. */
    startSeconds: z.number(),
    durationSeconds: z.nullable(z.number()),
    /** Forms this peer could make of the film; empty where it has no FFmpeg. */
    conversions: z._default(z.array(z.enum(['remux', 'transcode'])), []),
    /** Channels of a rendition's sound, 0 for one without; absent where the peer does not say. */
    audioChannels: z.optional(z.int().check(z.minimum(0), z.maximum(255))),
    id: z.optional(id),
  }),
  z.object({
    type: z.literal('audioTracks'),
    id,
    /** In the order of their numbers; empty where the peer does not know, or the film has no sound. */
    tracks: z.array(audioTrack).check(z.maxLength(MAX_AUDIO_TRACKS)),
    /** Absent where the peer knows nothing of the picture, or there is none. */
    picture: z.optional(
      z.object({
        /** Whether a frame holds two pictures, of every other line each: a copy is shown with combs, a transcode without. */
        interlaced: z.boolean(),
      }),
    ),
    /** Where the film's 0 is on the clock of the file, which is that of a player of the original; absent where it is unknown. */
    originSeconds: z.optional(z.number()),
  }),
  z.object({
    type: z.literal('subtitles'),
    id,
    tracks: z.array(subtitleTrack).check(z.maxLength(MAX_SUBTITLE_TRACKS)),
  }),
  z.object({
    type: z.literal('piece'),
    id,
    index: z.int().check(z.minimum(0)),
    length: z.int().check(z.minimum(1), z.maximum(PIECE_SIZE)),
    /** Uncle hashes from the piece's subtree up to the root, hexadecimal; empty for renditions. */
    proof: z.array(hash).check(z.maxLength(64)),
  }),
  /** Every piece of the request has been sent. */
  z.object({ type: z.literal('done'), id }),
  z.object({
    type: z.literal('error'),
    id: z.optional(id),
    code: z.enum(CHANNEL_ERROR_CODES),
    message: z.string(),
    /** With `busy`, for an `open` that waits: its place in the queue, from 1. */
    position: z.optional(z.int().check(z.minimum(1))),
    /** With `busy`: when to ask again at the earliest. */
    retryAfterMilliseconds: z.optional(z.int().check(z.minimum(0))),
  }),
]);
export type PeerMessage = z.infer<typeof peerMessage>;
export type ChannelErrorCode = (typeof CHANNEL_ERROR_CODES)[number];

/** Payload per message for a viewer that takes messages of so many bytes. */
export function fragmentSizeFor(maxMessageBytes: number): number {
  return maxMessageBytes >= LARGE_FRAGMENT_SIZE + FRAGMENT_HEADER_SIZE ? LARGE_FRAGMENT_SIZE : FRAGMENT_SIZE;
}

export interface FragmentHeader {
  requestId: number;
  pieceIndex: number;
  offset: number;
}

/** Writes the 12 header bytes at the start of `target`. */
export function writeFragmentHeader(target: Uint8Array, header: FragmentHeader): void {
  const view = new DataView(target.buffer, target.byteOffset, FRAGMENT_HEADER_SIZE);
  view.setUint32(0, header.requestId);
  view.setUint32(4, header.pieceIndex);
  view.setUint32(8, header.offset);
}

/** Splits a binary message; null when it is too short to be one. */
export function parseFragment(message: Uint8Array): { header: FragmentHeader; payload: Uint8Array } | null {
  if (message.byteLength <= FRAGMENT_HEADER_SIZE) return null;
  const view = new DataView(message.buffer, message.byteOffset, FRAGMENT_HEADER_SIZE);
  return {
    header: { requestId: view.getUint32(0), pieceIndex: view.getUint32(4), offset: view.getUint32(8) },
    payload: message.subarray(FRAGMENT_HEADER_SIZE),
  };
}
