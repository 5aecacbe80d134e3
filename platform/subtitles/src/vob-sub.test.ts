import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVobSubIndex } from './vob-sub-index.ts';
import { decodeVobSubPicture, readVobSubPackets } from './vob-sub-pictures.ts';

const INDEX = `# VobSub index file, v7
size: 720x480
palette: 000000, 0000ff, 00ff00, ff0000, ffff00, ff00ff, 00ffff, ffffff, 808000, 8080ff, 800080, 80ff80, 008080, ff8080, 555555, aaaaaa
id: en, index: 0
alt: English
timestamp: 00:00:01:000, filepos: 000000000
delay: 00:00:00:500
timestamp: 00:00:05:000, filepos: 000000800
id: --, index: 1
timestamp: 01:00:00:000, filepos: 000001000
`;

/** A subtitle of 8 by 2 pixels at (16, 32): a line of colour 1, and one of four of colour 2 and four of colour 3. */
const PICTURE = Uint8Array.from([
  ...[0, 38, 0, 8],
  // Eight of colour 1; four of colour 2 and four of colour 3.
  ...[0x21, 0x00, 0x12, 0x13],
  // At once: palette, opacity, place, fields, begin.
  ...[0, 0, 0, 32, 0x03, 0x32, 0x10, 0x04, 0xff, 0xf0, 0x05, 0x01, 0x00, 0x17, 0x02, 0x00, 0x21],
  ...[0x06, 0, 4, 0, 6, 0x01, 0xff],
  // After 2.05 s: end.
  ...[0, 180, 0, 32, 0x02, 0xff],
]);

/** The packs of a program stream that carry a packet, 20 bytes each. */
function programStream(packet: Uint8Array, stream: number, seconds: number): number[] {
  const ticks = seconds * 90_000;
  const out: number[] = [];
  for (let at = 0; at < packet.length; at += 20) {
    const part = packet.subarray(at, at + 20);
    const clock = [
      0x21 | ((ticks / 2 ** 30) << 1),
      (ticks >> 22) & 255,
      ((ticks >> 14) & 254) | 1,
      (ticks >> 7) & 255,
      ((ticks << 1) & 254) | 1,
    ];
    const header = at === 0 ? [0x81, 0x80, 5, ...clock] : [0x81, 0, 0];
    const body = [...header, 0x20 + stream, ...part];
    out.push(0, 0, 1, 0xba, 0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xf8);
    out.push(0, 0, 1, 0xbd, body.length >> 8, body.length & 255, ...body);
  }
  return out;
}

describe('the index of VobSub subtitles', () => {
  it('says size, colours, languages and times', () => {
    const { tracks, palette, ...rest } = parseVobSubIndex(INDEX);
    expect(rest).toEqual({ width: 720, height: 480 });
    expect(palette.slice(0, 4)).toEqual([0, 0xff, 0xff00, 0xff0000]);
    expect(tracks).toEqual([
      {
        stream: 0,
        language: 'en',
        name: 'English',
        times: [
          [0, 1_000],
          [0x800, 5_500],
        ],
      },
      { stream: 1, language: null, name: null, times: [[0x1000, 3_600_000]] },
    ]);
  });

  it('that is broken says what a disc has', () => {
    const index = parseVobSubIndex('size: 1x1\npalette: x, y\ntimestamp: never\nid: en, index: 99');
    expect(index).toMatchObject({ width: 720, height: 576, tracks: [{ stream: 3, times: [] }] });
    expect(index.palette).toHaveLength(16);
  });
});

describe('the pictures of VobSub subtitles', () => {
  it('are found in a program stream by their number, over several packs', () => {
    const data = Uint8Array.from([
      ...programStream(PICTURE, 1, 9),
      ...programStream(PICTURE, 0, 1),
      ...programStream(PICTURE, 0, 4_000),
    ]);
    const packets = readVobSubPackets(data, 0);
    expect(packets.map(({ milliseconds }) => milliseconds)).toEqual([1_000, 4_000_000]);
    expect(packets[0]!.position).toBe(programStream(PICTURE, 1, 9).length);
    expect(packets[1]!.bytes).toEqual(PICTURE);
  });

  it('have a place, times, colours and pixels', () => {
    const picture = decodeVobSubPicture({ position: 0, milliseconds: 0, bytes: PICTURE })!;
    expect(picture).toMatchObject({
      x: 16,
      y: 32,
      width: 8,
      height: 2,
      startMilliseconds: 0,
      endMilliseconds: 2_048,
    });
    expect(picture.colours).toEqual([
      { index: 0, alpha: 0 },
      { index: 1, alpha: 15 },
      { index: 2, alpha: 15 },
      { index: 3, alpha: 15 },
    ]);
    expect([...picture.pixels]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
  });

  it('that are broken are none, or partly there, in moderate time', () => {
    const stream = Uint8Array.from(programStream(PICTURE, 0, 1));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(stream.length - 1), fc.nat(255)), { maxLength: 12 }),
        (changes) => {
          const broken = Uint8Array.from(stream);
          for (const [at, value] of changes) broken[at] = value;
          for (const packet of readVobSubPackets(broken, 0)) {
            const picture = decodeVobSubPicture(packet);
            if (picture) expect(picture.pixels).toHaveLength(picture.width * picture.height);
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(readVobSubPackets(new Uint8Array(100_000), 0)).toEqual([]);
  });
});
