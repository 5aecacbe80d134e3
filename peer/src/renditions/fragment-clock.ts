import { BOX_HEADER_SIZE, type Box, boxes, findBox } from './mp4-boxes.ts';

/** What describes tracks and fragments has some kilobytes; a longer one is no work of FFmpeg's. */
const MAX_DESCRIPTION_BYTES = 16 * 1_048_576;
/** An `edts` box with an `elst` of one entry, version 1. */
const EDIT_LIST_SIZE = 44;
const HAS_FIRST_DATA_OFFSET = 0x001;
const HAS_FIRST_FLAGS = 0x004;
const HAS_DURATIONS = 0x100;
const HAS_SIZES = 0x200;
const HAS_FLAGS = 0x400;
const HAS_OFFSETS = 0x800;

/** The first sample of a track that a fragment has. */
export interface FirstSample {
  kind: 'video' | 'audio' | 'other';
  /** When it is presented, on the clock of the stream. */
  seconds: number;
}

interface Track {
  id: number;
  kind: FirstSample['kind'];
  /** Units in a second. */
  timescale: number;
  /** What is taken from each of its times. */
  lead: number;
}

/** Sets the clock of a stream of fragmented MP4, while it passes. */
export interface FragmentClock {
  /** The bytes that can go on, with their times set; those of a box that is not complete wait. */
  push(chunk: Buffer): Buffer;
  /** The first samples of the first fragment; null until it is known. Nothing of it goes on before {@link start}. */
  first(): readonly FirstSample[] | null;
  /** Makes a second of the stream's clock its zero. What is presented before is cut off by an edit list. */
  start(zeroSeconds: number): Buffer;
}

export function createFragmentClock(): FragmentClock {
  const tracks = new Map<number, Track>();
  let pending: Buffer = Buffer.alloc(0);
  /** What is left of a box that passes as it is. */
  let passing = 0;
  let movie: Buffer | null = null;
  let first: FirstSample[] | null = null;
  let isStarted = false;

  /** Whole descriptions, and media data as they come. */
  const pass = (): Buffer => {
    const out: Buffer[] = [];
    for (;;) {
      if (passing > 0) {
        const part = pending.subarray(0, passing);
        if (part.length === 0) break;
        passing -= part.length;
        pending = pending.subarray(part.length);
        out.push(part);
        continue;
      }
      const header = readHeader(pending);
      if (!header) break;
      const { type, size } = header;
      if (type !== 'moov' && type !== 'moof') {
        passing = size;
        continue;
      }
      if (size > MAX_DESCRIPTION_BYTES) throw new Error(`its ${type} box has ${size} bytes`);
      if (pending.length < size) break;
      // What is changed must not be another's.
      const box = Buffer.from(pending.subarray(0, size));
      if (type === 'moov') {
        readTracks(box, tracks);
        movie = box;
      } else {
        first ??= readFirst(box, tracks);
        if (!isStarted) break;
        setTimes(box, tracks);
        out.push(box);
      }
      pending = pending.subarray(size);
    }
    return Buffer.concat(out);
  };

  return {
    push(chunk) {
      pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
      return pass();
    },
    first: () => first,
    start(zeroSeconds) {
      for (const track of tracks.values()) track.lead = Math.round(zeroSeconds * track.timescale);
      const early = new Map<number, number>();
      for (const box of movie ? boxes(pending, 0, pending.length) : [])
        if (box.type === 'moof') {
          for (const { track, time } of fragmentsOf(pending, box, tracks))
            if (time < track.lead) early.set(track.id, track.lead - time);
          break;
        }
      for (const [id, cut] of early) tracks.get(id)!.lead -= cut;
      isStarted = true;
      const head = movie ? withEdits(movie, early) : Buffer.alloc(0);
      return Buffer.concat([head, pass()]);
    },
  };
}

function readHeader(bytes: Buffer): { type: string; size: number } | null {
  if (bytes.length < BOX_HEADER_SIZE) return null;
  const type = bytes.toString('latin1', 4, 8);
  const size = bytes.readUInt32BE(0);
  if (size !== 1) return { type, size: Math.max(size, BOX_HEADER_SIZE) };
  return bytes.length < 2 * BOX_HEADER_SIZE ? null : { type, size: Number(bytes.readBigUInt64BE(8)) };
}

function readTracks(movie: Buffer, tracks: Map<number, Track>): void {
  for (const track of boxes(movie, BOX_HEADER_SIZE, movie.length)) {
    if (track.type !== 'trak') continue;
    const header = findBox(movie, track, 'tkhd');
    const media = findBox(movie, track, 'mdia', 'mdhd');
    const handler = findBox(movie, track, 'mdia', 'hdlr');
    if (!header || !media || !handler) continue;
    const id = movie.readUInt32BE(header.from + (movie[header.from] === 1 ? 20 : 12));
    const timescale = movie.readUInt32BE(media.from + (movie[media.from] === 1 ? 20 : 12));
    const type = movie.toString('latin1', handler.from + 8, handler.from + 12);
    const kind = type === 'vide' ? 'video' : type === 'soun' ? 'audio' : 'other';
    if (timescale > 0) tracks.set(id, { id, kind, timescale, lead: 0 });
  }
}

function readFirst(fragment: Buffer, tracks: ReadonlyMap<number, Track>): FirstSample[] {
  const whole = { type: 'moof', from: BOX_HEADER_SIZE, to: fragment.length };
  return fragmentsOf(fragment, whole, tracks).map(({ track, time, offset }) => ({
    kind: track.kind,
    seconds: (time + offset) / track.timescale,
  }));
}

/** A track's part of a fragment: where its time is written, and how much later its first sample is presented. */
function fragmentsOf(view: Buffer, moof: Box, tracks: ReadonlyMap<number, Track>) {
  return [...boxes(view, moof.from, moof.to)].flatMap((part) => {
    if (part.type !== 'traf') return [];
    const header = findBox(view, part, 'tfhd');
    const time = findBox(view, part, 'tfdt');
    const run = findBox(view, part, 'trun');
    const track = header && tracks.get(view.readUInt32BE(header.from + 4));
    if (!track || !time || !run || view[time.from] !== 1) return [];
    const at = time.from + 4;
    return [{ track, at, time: Number(view.readBigInt64BE(at)), offset: firstOffset(view, run) }];
  });
}

/** The composition offset of the first sample of a `trun`. */
function firstOffset(view: Buffer, run: Box): number {
  const flags = view.readUInt32BE(run.from) & 0xffffff;
  if (!(flags & HAS_OFFSETS)) return 0;
  let at = run.from + 8;
  for (const flag of [HAS_FIRST_DATA_OFFSET, HAS_FIRST_FLAGS, HAS_DURATIONS, HAS_SIZES, HAS_FLAGS])
    if (flags & flag) at += 4;
  return at + 4 <= run.to ? view.readInt32BE(at) : 0;
}

function setTimes(fragment: Buffer, tracks: ReadonlyMap<number, Track>): void {
  const whole = { type: 'moof', from: BOX_HEADER_SIZE, to: fragment.length };
  for (const { track, at, time } of fragmentsOf(fragment, whole, tracks))
    fragment.writeBigInt64BE(BigInt(Math.max(0, time - track.lead)), at);
}

/** The description of the tracks, of which some begin later in their media than at its first sample. */
function withEdits(movie: Buffer, cuts: ReadonlyMap<number, number>): Buffer {
  if (cuts.size === 0) return movie;
  const parts: Buffer[] = [movie.subarray(0, BOX_HEADER_SIZE)];
  for (const box of boxes(movie, BOX_HEADER_SIZE, movie.length)) {
    const bytes = movie.subarray(box.from - BOX_HEADER_SIZE, box.to);
    const header = box.type === 'trak' ? findBox(movie, box, 'tkhd') : null;
    const id = header && movie.readUInt32BE(header.from + (movie[header.from] === 1 ? 20 : 12));
    const cut = id === null ? undefined : cuts.get(id);
    if (!header || cut === undefined) {
      parts.push(bytes);
      continue;
    }
    const track = Buffer.concat([
      movie.subarray(box.from - BOX_HEADER_SIZE, header.to),
      editList(cut),
      movie.subarray(header.to, box.to),
    ]);
    track.writeUInt32BE(track.length, 0);
    parts.push(track);
  }
  const edited = Buffer.concat(parts);
  edited.writeUInt32BE(edited.length, 0);
  return edited;
}

/** An `edts` box: all of the track, from a place in its media on. */
function editList(mediaTime: number): Buffer {
  const box = Buffer.alloc(EDIT_LIST_SIZE);
  box.writeUInt32BE(EDIT_LIST_SIZE, 0);
  box.write('edts', 4, 'latin1');
  box.writeUInt32BE(EDIT_LIST_SIZE - BOX_HEADER_SIZE, 8);
  box.write('elst', 12, 'latin1');
  box.writeUInt8(1, 16);
  box.writeUInt32BE(1, 20);
  box.writeBigInt64BE(BigInt(mediaTime), 32);
  box.writeInt16BE(1, 40);
  return box;
}
