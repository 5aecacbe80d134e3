import { BOX_HEADER_SIZE, type Box, boxes } from './mp4-boxes.ts';

/** Boxes that hold boxes, on the way from the root to the sample entries (ISO/IEC 14496-12). */
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
/** Bytes of a sample entry before the boxes within it. */
const VISUAL_ENTRY_SIZE = 86;
const AUDIO_ENTRY_SIZE = 36;
/** Version, flags and entry count of `stsd`. */
const STSD_HEADER_SIZE = 8;

/**
 * The `codecs` parameter (RFC 6381) of each track of an MP4 file's beginning, as `MediaSource` wants it. Tracks of codecs it
 * does not know are named by their sample entry alone.
 */
export function readCodecs(mp4: Uint8Array): string[] {
  const codecs: string[] = [];
  const view = Buffer.from(mp4.buffer, mp4.byteOffset, mp4.byteLength);
  const walk = (from: number, to: number) => {
    for (const box of boxes(view, from, to)) {
      if (CONTAINERS.has(box.type)) walk(box.from, box.to);
      if (box.type === 'stsd')
        for (const entry of boxes(view, box.from + STSD_HEADER_SIZE, box.to))
          codecs.push(codecOf(view, entry));
    }
  };
  walk(0, view.byteLength);
  return codecs;
}

function codecOf(view: Buffer, entry: Box): string {
  const inside = (skip: number, type: string) =>
    [...boxes(view, entry.from - BOX_HEADER_SIZE + skip, entry.to)].find((box) => box.type === type);
  switch (entry.type) {
    case 'avc1': {
      const box = inside(VISUAL_ENTRY_SIZE, 'avcC');
      return box ? `avc1.${view.toString('hex', box.from + 1, box.from + 4)}` : 'avc1';
    }
    case 'vp09': {
      const box = inside(VISUAL_ENTRY_SIZE, 'vpcC');
      if (!box) return 'vp09';
      const [profile, level, depth] = [view[box.from + 4]!, view[box.from + 5]!, view[box.from + 6]! >> 4];
      return `vp09.${two(profile)}.${two(level)}.${two(depth)}`;
    }
    case 'av01': {
      const box = inside(VISUAL_ENTRY_SIZE, 'av1C');
      if (!box) return 'av01';
      const [, second = 0, third = 0] = view.subarray(box.from, box.from + 3);
      const depth = third & 0x40 ? (third & 0x20 ? 12 : 10) : 8;
      return `av01.${second >> 5}.${two(second & 31)}${third & 0x80 ? 'H' : 'M'}.${two(depth)}`;
    }
    case 'hev1':
    case 'hvc1': {
      const box = inside(VISUAL_ENTRY_SIZE, 'hvcC');
      return box ? hevcCodec(entry.type, view.subarray(box.from, box.to)) : entry.type;
    }
    case 'mp4a': {
      const box = inside(AUDIO_ENTRY_SIZE, 'esds');
      return box ? mp4aCodec(view.subarray(box.from, box.to)) : 'mp4a.40.2';
    }
    case 'Opus':
      return 'opus';
    case 'fLaC':
      return 'flac';
    default:
      return entry.type;
  }
}

/** ISO/IEC 14496-15, annex E.3. */
function hevcCodec(type: string, config: Buffer): string {
  const profile = config[1]!;
  const space = ['', 'A', 'B', 'C'][profile >> 6];
  const compatibility = reverseBits(config.readUInt32BE(2)).toString(16);
  const constraints = [...config.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    type,
    `${space}${profile & 31}`,
    compatibility,
    `${profile & 32 ? 'H' : 'L'}${config[12]}`,
    ...constraints.map((byte) => byte.toString(16)),
  ].join('.');
}

/** The object type of the decoder configuration in `esds` (ISO/IEC 14496-1), and of AAC the audio object type. */
function mp4aCodec(esds: Buffer): string {
  const decoder = esds.indexOf(0x04, 4);
  if (decoder < 0) return 'mp4a.40.2';
  const objectType = esds[skipLength(esds, decoder + 1)]!;
  if (objectType !== 0x40) return `mp4a.${objectType.toString(16)}`;
  const specific = esds.indexOf(0x05, skipLength(esds, decoder + 1) + 13);
  const audioType = specific < 0 ? 2 : esds[skipLength(esds, specific + 1)]! >> 3;
  return `mp4a.40.${audioType}`;
}

function skipLength(bytes: Buffer, at: number): number {
  let next = at;
  while (bytes[next]! & 0x80) next += 1;
  return next + 1;
}

function reverseBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit += 1) reversed = (reversed * 2 + ((value >>> bit) & 1)) >>> 0;
  return reversed;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
