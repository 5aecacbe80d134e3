/** Ticks of an MPEG clock in a second, and after how many of them it begins anew. */
export const TICKS = 90_000;
const WRAP = 2 ** 33;

const SYNC_BYTE = 0x47;
/** Lengths of transport packets: plain, with a time code, with error correction. */
const PACKET_SIZES = [188, 192, 204] as const;
/** Packets that must follow each other where the first one is looked for. */
const SYNC_PACKETS = 4;
const LONGEST_PACKET = 204;
/** Bytes of the longest packet header that holds times. */
const PES_HEADER_BYTES = 64;
const START_CODE = Buffer.from([0, 0, 1]);

/** What a packet of a stream says of time, in seconds of the file's clock. */
export interface PacketTime {
  /** The place of the packet among the bytes given. */
  at: number;
  stream: number;
  isVideo: boolean;
  decodedSeconds: number;
  presentedSeconds: number;
}

/** How much later one time is than another, on a clock that begins anew after a day. */
export function secondsBetween(earlier: number, later: number): number {
  const ticks = Math.round((later - earlier) * TICKS);
  return (((((ticks + WRAP / 2) % WRAP) + WRAP) % WRAP) - WRAP / 2) / TICKS;
}

/** The times in a part of an MPEG transport stream or program stream, in the order of the packets. */
export function packetTimes(bytes: Buffer, container: 'mpegts' | 'mpeg'): PacketTime[] {
  return container === 'mpegts' ? transportTimes(bytes) : programTimes(bytes);
}

/** Where the last table of programs begins, without which nobody can tell what a transport stream is; null without one. */
export function lastProgramTable(bytes: Buffer): number | null {
  let found: number | null = null;
  for (const { at, stream, begins } of transportPackets(bytes)) if (stream === 0 && begins) found = at;
  return found;
}

function* transportPackets(bytes: Buffer) {
  let size = 0;
  for (let at = 0; at + PACKET_SIZES[0] <= bytes.length; ) {
    if (size === 0 || bytes[at] !== SYNC_BYTE) {
      const next = synchronize(bytes, at);
      if (!next) return;
      ({ at, size } = next);
    }
    const stream = bytes.readUInt16BE(at + 1) & 0x1fff;
    const begins = (bytes[at + 1]! & 0x40) !== 0;
    const adaptation = (bytes[at + 3]! >> 4) & 3;
    const payload = at + 4 + (adaptation & 2 ? 1 + bytes[at + 4]! : 0);
    // What precedes or follows the 188 bytes counts as before them, as FFmpeg has it.
    yield {
      at: Math.max(0, at + PACKET_SIZES[0] - size),
      sync: at,
      stream,
      begins,
      payload: adaptation & 1 ? payload : null,
    };
    at += size;
  }
}

function synchronize(bytes: Buffer, from: number): { at: number; size: number } | null {
  for (let at = bytes.indexOf(SYNC_BYTE, from); at >= 0; at = bytes.indexOf(SYNC_BYTE, at + 1))
    for (const size of PACKET_SIZES) {
      let packets = 1;
      while (packets < SYNC_PACKETS && bytes[at + packets * size] === SYNC_BYTE) packets += 1;
      if (packets === SYNC_PACKETS || (packets > 1 && at + packets * size >= bytes.length))
        return { at, size };
      if (at + LONGEST_PACKET >= bytes.length) return null;
    }
  return null;
}

function transportTimes(bytes: Buffer): PacketTime[] {
  const times: PacketTime[] = [];
  for (const { at, sync, stream, begins, payload } of transportPackets(bytes)) {
    if (!begins || payload === null || payload + 9 > sync + PACKET_SIZES[0]) continue;
    if (bytes.readUIntBE(payload, 3) !== 1) continue;
    const time = readTimes(bytes, payload);
    if (time) times.push({ at, stream, ...time });
  }
  return times;
}

function programTimes(bytes: Buffer): PacketTime[] {
  const times: PacketTime[] = [];
  for (let at = bytes.indexOf(START_CODE); at >= 0; at = bytes.indexOf(START_CODE, at + 3)) {
    const stream = bytes[at + 3] ?? 0;
    const time = at + PES_HEADER_BYTES <= bytes.length ? readTimes(bytes, at) : null;
    if (time) times.push({ at, stream, ...time });
  }
  return times;
}

/** The times in the header of a packet of an elementary stream (ISO/IEC 13818-1, and 11172-1 before it). */
function readTimes(bytes: Buffer, start: number): Omit<PacketTime, 'at' | 'stream'> | null {
  const id = bytes[start + 3]!;
  const isVideo = id >= 0xe0 && id <= 0xef;
  if (!isVideo && !(id >= 0xc0 && id <= 0xdf) && id !== 0xbd && id !== 0xfd) return null;
  let at = start + 6;
  let hasDecoded: boolean;
  if ((bytes[at]! & 0xc0) === 0x80) {
    const flags = bytes[start + 7]! & 0xc0;
    if (flags !== 0x80 && flags !== 0xc0) return null;
    hasDecoded = flags === 0xc0;
    at = start + 9;
  } else {
    while (bytes[at] === 0xff && at < start + PES_HEADER_BYTES / 2) at += 1;
    if ((bytes[at]! & 0xc0) === 0x40) at += 2;
    const kind = bytes[at]! & 0xf0;
    if (kind !== 0x20 && kind !== 0x30) return null;
    hasDecoded = kind === 0x30;
  }
  const presented = readStamp(bytes, at);
  const decoded = hasDecoded ? readStamp(bytes, at + 5) : presented;
  if (presented === null || decoded === null) return null;
  return { isVideo, presentedSeconds: presented, decodedSeconds: decoded };
}

/** Five bytes with 33 bits and three marks; null where these are missing. */
function readStamp(bytes: Buffer, at: number): number | null {
  if (at + 5 > bytes.length || !(bytes[at]! & bytes[at + 2]! & bytes[at + 4]! & 1)) return null;
  const high = ((bytes[at]! >> 1) & 7) * 2 ** 30;
  return (high + (bytes.readUInt16BE(at + 1) >> 1) * 2 ** 15 + (bytes.readUInt16BE(at + 3) >> 1)) / TICKS;
}
