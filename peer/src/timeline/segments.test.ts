import { describe, expect, it } from 'vitest';
import { lastProgramTable } from './packet-times.ts';
import { findSegments } from './segments.ts';

const VIDEO = 0x100;
const AUDIO = 0x101;
const WRAP_SECONDS = 2 ** 33 / 90_000;

function stamp(prefix: number, seconds: number): number[] {
  const ticks = Math.round(seconds * 90_000) % 2 ** 33;
  const [high, middle, low] = [
    Math.floor(ticks / 2 ** 30),
    Math.floor(ticks / 2 ** 15) % 2 ** 15,
    ticks % 2 ** 15,
  ];
  return [
    (prefix << 4) | (high << 1) | 1,
    middle >> 7,
    ((middle << 1) & 0xff) | 1,
    low >> 7,
    ((low << 1) & 0xff) | 1,
  ];
}

function header(id: number, seconds: number, presented = seconds): number[] {
  if (presented === seconds) return [0, 0, 1, id, 0, 0, 0x80, 0x80, 5, ...stamp(2, seconds)];
  return [0, 0, 1, id, 0, 0, 0x80, 0xc0, 10, ...stamp(3, presented), ...stamp(1, seconds)];
}

function packet(stream: number, content: number[], prefix: number): Buffer {
  const bytes = Buffer.alloc(prefix + 188, 0xff);
  bytes.set([0x47, 0x40 | (stream >> 8), stream & 0xff, 0x10, ...content], prefix);
  return bytes;
}

interface Part {
  clock: number;
  seconds: number;
}

/** A recording of pictures at 25 Hz and sound, 40 packets of nothing new after each. */
function transportStream(parts: readonly Part[], { prefix = 0, filling = 4 } = {}): Buffer {
  const packets: Buffer[] = [];
  for (const { clock, seconds } of parts) {
    packets.push(packet(0, [0, 0], prefix));
    for (let frame = 0; frame < seconds * 25; frame += 1) {
      const at = clock + frame / 25;
      packets.push(
        packet(VIDEO, header(0xe0, at, at + 0.08), prefix),
        packet(AUDIO, header(0xc0, at + 0.08), prefix),
      );
      for (let each = 0; each < filling; each += 1) {
        const more = packet(VIDEO, [], prefix);
        more[prefix + 1]! &= 0xbf;
        packets.push(more);
      }
    }
  }
  return Buffer.concat(packets);
}

function programStream(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.flatMap(({ clock, seconds }) =>
      Array.from({ length: seconds * 25 }, (_, frame) =>
        Buffer.from([...[0, 0, 1, 0xba], ...header(0xe0, clock + frame / 25), ...Buffer.alloc(100, 0xff)]),
      ),
    ),
  );
}

function segmentsOf(bytes: Buffer, more: { container?: 'mpegts' | 'mpeg'; readWholeBytes?: number } = {}) {
  let read = 0;
  const found = findSegments({
    sizeBytes: bytes.length,
    container: 'mpegts',
    ...more,
    async read(at, length) {
      read += length;
      return Buffer.from(bytes.subarray(at, at + length));
    },
  });
  return found.then((segments) => ({ segments: segments!, read }));
}

describe('the segments of a recording', () => {
  const RECORDINGS: readonly (readonly [string, readonly Part[]])[] = [
    [
      'forwards',
      [
        { clock: 10, seconds: 60 },
        { clock: 4_000, seconds: 60 },
      ],
    ],
    [
      'backwards',
      [
        { clock: 4_000, seconds: 60 },
        { clock: 10, seconds: 60 },
      ],
    ],
    ['back to its beginning', Array.from({ length: 8 }, () => ({ clock: 1.4, seconds: 15 }))],
    [
      'and begins anew by itself too',
      [
        { clock: WRAP_SECONDS - 30, seconds: 60 },
        { clock: 7, seconds: 60 },
      ],
    ],
  ];

  it.each(RECORDINGS)('are found where its clock jumps %s', async (_where, parts) => {
    for (const prefix of [0, 4]) {
      const { segments } = await segmentsOf(transportStream(parts, { prefix }));
      expect(segments.count).toBe(parts.length);
      expect(segments.durationSeconds).toBeCloseTo(120, 1);
    }
  });

  it.each(RECORDINGS)(
    'are found in a large one, which is not read whole, that jumps %s',
    async (_where, parts) => {
      const bytes = transportStream(parts, { filling: 80 });
      const { segments, read } = await segmentsOf(bytes, { readWholeBytes: 0 });
      expect(segments.count).toBe(parts.length);
      expect(segments.durationSeconds).toBeCloseTo(120, 1);
      expect(read).toBeLessThan(bytes.length);
    },
  );

  it('are those of a program stream too', async () => {
    const parts = [
      { clock: 0.5, seconds: 30 },
      { clock: 0.5, seconds: 30 },
    ];
    const { segments } = await segmentsOf(programStream(parts), { container: 'mpeg' });
    expect(segments).toMatchObject({ count: 2, durationSeconds: expect.closeTo(60, 1) });
  });

  it('are one where the clock only begins anew, or has a gap of a few seconds', async () => {
    const wrapping = await segmentsOf(transportStream([{ clock: WRAP_SECONDS - 5, seconds: 60 }]));
    expect(wrapping.segments).toMatchObject({ count: 1, durationSeconds: expect.closeTo(60, 1) });
    const gap = transportStream([
      { clock: 1, seconds: 10 },
      { clock: 15, seconds: 10 },
    ]);
    expect((await segmentsOf(gap)).segments).toMatchObject({
      count: 1,
      durationSeconds: expect.closeTo(24, 1),
    });
  });

  it('say when in the film something is, and where to read for that', async () => {
    const { segments } = await segmentsOf(
      transportStream([
        { clock: 4_000, seconds: 60 },
        { clock: 10, seconds: 60 },
      ]),
    );
    const byte = segments.byteBefore(75);
    expect(segments.filmSeconds(byte, segments.clockAt(byte))).toBeGreaterThan(73);
    // The first picture is presented 0.08 s after it is decoded.
    expect(segments.filmSeconds(byte, 25)).toBeCloseTo(74.92, 1);
    expect(segments.byteAfter(75)).toBeGreaterThan(byte);
    expect(segments.byteBefore(-1)).toBe(0);
  });

  it('are unknown of what has no times', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(100_000, 0x47), Buffer.from('\0\0\x01\xe0')])
      expect((await segmentsOf(bytes)).segments).toBeNull();
  });
});

describe('the table of programs', () => {
  it('is the last one of what is read', () => {
    const bytes = transportStream([
      { clock: 0, seconds: 1 },
      { clock: 1, seconds: 1 },
    ]);
    expect(lastProgramTable(bytes)).toBe(bytes.length / 2);
    expect(lastProgramTable(bytes.subarray(200, 1_000))).toBeNull();
  });
});
