/** A subtitle of a DVD as it lies in the program stream, still encoded. */
export interface VobSubPacket {
  /** Where its first pack begins. */
  position: number;
  /** By the stream's own clock; null where it does not say. */
  milliseconds: number | null;
  bytes: Uint8Array;
}

export interface VobSubPicture {
  x: number;
  y: number;
  width: number;
  height: number;
  /** From the packet's time on. */
  startMilliseconds: number;
  /** Null where it stays until the next. */
  endMilliseconds: number | null;
  /** One of four colours for each pixel. */
  pixels: Uint8Array;
  /** For each of the four its place in the palette, and how opaque it is, of 15. */
  colours: { index: number; alpha: number }[];
}

/** Two hours with one each second, and more. */
const MAX_PACKETS = 20_000;
/** The length of a packet is a 16-bit number. */
const MAX_PACKET_BYTES = 65_535;
/** A DVD's picture in PAL; those of later makers are larger. */
const MAX_WIDTH = 4_096;
const MAX_HEIGHT = 2_304;
/** Each control sequence leads to the next, and a broken one to itself. */
const MAX_SEQUENCES = 64;

const PACK = 0xba;
const PRIVATE_STREAM_1 = 0xbd;
const FIRST_SUBTITLE = 0x20;

/** The subtitles with that number in a program stream (`.sub`); what is none of them is passed over. */
export function readVobSubPackets(data: Uint8Array, stream: number): VobSubPacket[] {
  const packets: VobSubPacket[] = [];
  let building: (VobSubPacket & { filled: number }) | null = null;
  let pack = 0;
  for (let at = 0; at + 6 <= data.length && packets.length < MAX_PACKETS; ) {
    if (data[at] !== 0 || data[at + 1] !== 0 || data[at + 2] !== 1) {
      at += 1;
      continue;
    }
    const code = data[at + 3]!;
    if (code === PACK) {
      pack = at;
      // MPEG-2 has two more bytes of clock and some of stuffing.
      at += (data[at + 4]! & 0xc0) === 0x40 ? 14 + ((data[at + 13] ?? 0) & 7) : 12;
      continue;
    }
    if (code < 0xbb) {
      at += 4;
      continue;
    }
    const end = at + 6 + data[at + 4]! * 256 + data[at + 5]!;
    const head = at + 9 + (data[at + 8] ?? 0);
    if (code === PRIVATE_STREAM_1 && data[head] === FIRST_SUBTITLE + stream && end <= data.length) {
      const payload = data.subarray(head + 1, end);
      if (!building && payload.length >= 2) {
        const length = payload[0]! * 256 + payload[1]!;
        const milliseconds = (data[at + 7]! & 0x80) !== 0 ? clockOf(data.subarray(at + 9, at + 14)) : null;
        if (length >= 4)
          building = { position: pack, milliseconds, bytes: new Uint8Array(length), filled: 0 };
      }
      if (building) {
        const part = payload.subarray(0, Math.min(building.bytes.length, MAX_PACKET_BYTES) - building.filled);
        building.bytes.set(part, building.filled);
        building.filled += part.length;
        if (building.filled === building.bytes.length) {
          const { filled: _, ...packet }: VobSubPacket & { filled: number } = building;
          packets.push(packet);
          building = null;
        }
      }
    }
    at = Math.max(at + 6, Math.min(end, data.length));
  }
  return packets;
}

/** 33 bits of 90 kHz with marks between. */
function clockOf(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes;
  const ticks = ((a >> 1) & 7) * 2 ** 30 + (b << 22) + ((c >> 1) << 15) + (d << 7) + (e >> 1);
  return ticks / 90;
}

/** Decodes one subtitle; null for one that is broken or shows nothing. */
export function decodeVobSubPicture({ bytes }: VobSubPacket): VobSubPicture | null {
  const word = (at: number) => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
  const picture: VobSubPicture = {
    ...{ x: 0, y: 0, width: 0, height: 0, startMilliseconds: 0, endMilliseconds: null },
    pixels: new Uint8Array(),
    colours: [0, 1, 2, 3].map((index) => ({ index, alpha: index === 0 ? 0 : 15 })),
  };
  let fields: [number, number] | null = null;
  let at = word(2);
  for (let count = 0; count < MAX_SEQUENCES && at + 4 <= bytes.length; count += 1) {
    const milliseconds = (word(at) * 1_024) / 90;
    const next = word(at + 2);
    for (let command = at + 4; command < bytes.length; ) {
      const code = bytes[command]!;
      if (code === 0xff) break;
      if (code === 0x01) picture.startMilliseconds = milliseconds;
      else if (code === 0x02) picture.endMilliseconds = milliseconds;
      else if (code === 0x03 || code === 0x04) {
        const values = [
          bytes[command + 2]! & 15,
          bytes[command + 2]! >> 4,
          bytes[command + 1]! & 15,
          bytes[command + 1]! >> 4,
        ];
        // What comes later fades the picture; it is shown as it is at first.
        if (count === 0)
          for (const [place, value] of values.entries())
            picture.colours[place]![code === 0x03 ? 'index' : 'alpha'] = value;
      } else if (code === 0x05) {
        const left = word(command + 1) >> 4;
        const right = word(command + 2) & 0xfff;
        const top = word(command + 4) >> 4;
        const bottom = word(command + 5) & 0xfff;
        Object.assign(picture, { x: left, y: top, width: right - left + 1, height: bottom - top + 1 });
      } else if (code === 0x06) fields = [word(command + 1), word(command + 3)];
      else if (code === 0x07) command += Math.max(0, word(command + 1) - LENGTHS[0x07]! + 1);
      else if (code !== 0x00) break;
      command += LENGTHS[code] ?? 1;
    }
    if (next <= at) break;
    at = next;
  }
  const { width, height } = picture;
  if (!fields || width <= 0 || height <= 0 || width > MAX_WIDTH || height > MAX_HEIGHT) return null;
  picture.pixels = decodeFields(bytes, fields, { width, height });
  return picture;
}

/** Bytes of each command, itself included. */
const LENGTHS: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 1, 3: 3, 4: 3, 5: 7, 6: 5, 7: 1 };

/** Runs of 2, 4, 6 or 8 bits of length and 2 of colour; the lines of the even and the odd field come after each other. */
function decodeFields(
  bytes: Uint8Array,
  fields: readonly [number, number],
  { width, height }: { width: number; height: number },
): Uint8Array {
  const pixels = new Uint8Array(width * height);
  for (const [field, start] of fields.entries()) {
    let nibble = start * 2;
    const read = () => {
      const byte = bytes[nibble >> 1] ?? 0;
      const value = (nibble & 1) === 0 ? byte >> 4 : byte & 15;
      nibble += 1;
      return value;
    };
    for (let y = field; y < height && nibble >> 1 < bytes.length; y += 2) {
      for (let x = 0; x < width; ) {
        let code = read();
        for (const limit of [4, 16, 64]) {
          if (code >= limit) break;
          code = code * 16 + read();
        }
        const length = code >> 2 === 0 ? width - x : Math.min(code >> 2, width - x);
        pixels.fill(code & 3, y * width + x, y * width + x + length);
        x += length;
      }
      nibble += nibble & 1;
    }
  }
  return pixels;
}
