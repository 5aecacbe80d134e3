import { describe, expect, it } from 'vitest';
import { openRemuxed } from './remux.ts';

/** The types of the page know nothing of Node.js, in which this runs. */
const { process } = globalThis as unknown as {
  process: { getBuiltinModule(name: 'fs'): { readFileSync(url: URL): Uint8Array } };
};
const sample = (name: string) =>
  process.getBuiltinModule('fs').readFileSync(new URL(`../../../stack/sample/${name}`, import.meta.url));
const FILM = sample('Counting Seconds (2026).mp4');
const PIECE = 65_536;

/** What browsers without a licence for it say of H.264, and others. */
const takesMp4 = (mimeType: string) => mimeType.startsWith('video/mp4');

function open(
  bytes: Uint8Array,
  { takesType = takesMp4, isConvertible = true, knownSeconds = 40, failsAt = Infinity } = {},
) {
  return openRemuxed({
    takesType,
    isConvertible,
    knownSeconds,
    bytes: {
      sizeBytes: bytes.byteLength,
      async *read(start, end) {
        for (let at = start; at < end; at += PIECE) {
          if (at >= failsAt) throw new Error('no peer is left');
          yield new Uint8Array(bytes.subarray(at, Math.min(end, at + PIECE)));
        }
      },
    },
  });
}
const collect = async (parts: AsyncGenerator<Uint8Array>) => {
  const bytes: number[] = [];
  for await (const part of parts) for (const byte of part) bytes.push(byte);
  return new Uint8Array(bytes);
};
/** The types of the boxes of an MP4 file. */
const boxesOf = (bytes: Uint8Array) => {
  const [view, types] = [new DataView(bytes.buffer), [] as string[]];
  for (let at = 0; at < bytes.length; at += view.getUint32(at))
    types.push(String.fromCharCode(...bytes.subarray(at + 4, at + 8)));
  return types;
};

describe('a film that the page repackages', () => {
  it('becomes fragments, whose pictures and sound are the film’s', async () => {
    const film = await open(FILM);
    expect(film.mimeType).toBe('video/mp4; codecs="avc1.64001f, mp4a.40.2"');
    expect(film.durationSeconds).toBeCloseTo(40, 1);
    const bytes = await collect((await film.from(0)).parts());
    const boxes = boxesOf(bytes);
    expect(boxes.slice(0, 4)).toEqual(['ftyp', 'moov', 'moof', 'mdat']);
    expect(Math.abs(bytes.byteLength - FILM.byteLength) / FILM.byteLength).toBeLessThan(0.05);
    film.close();
  });

  it('begins at the last picture before a place, and can be read from several places', async () => {
    const film = await open(FILM);
    const whole = (await collect((await film.from(0)).parts())).byteLength;
    const { completeFrom, parts } = await film.from(30);
    expect(completeFrom).toBeLessThanOrEqual(30);
    expect(completeFrom).toBeGreaterThan(20);
    expect((await collect(parts())).byteLength).toBeLessThan(whole / 2);
    film.close();
  });

  it('becomes WebM where that takes its codecs', async () => {
    const film = await open(sample('Moving Shapes (2025).webm'), { takesType: () => true, knownSeconds: 20 });
    expect(film.mimeType).toMatch(/^video\/webm; codecs="vp09\.[\d.]+, opus"$/);
    const bytes = await collect((await film.from(3)).parts());
    expect([...bytes.subarray(0, 4)]).toEqual([0x1a, 0x45, 0xdf, 0xa3]);
    film.close();
  });

  it('is left to its peer where the browser cannot decode it', async () => {
    const refused = { kind: 'undecodable', reason: expect.stringContaining('no decoder') };
    await expect(open(FILM, { takesType: () => false })).rejects.toMatchObject({ failure: refused });
    const takesPictures = (mimeType: string) => mimeType === 'video/mp4; codecs="avc1.64001f"';
    await expect(open(FILM, { takesType: takesPictures })).rejects.toMatchObject({ failure: refused });
    const mute = await open(FILM, { takesType: takesPictures, isConvertible: false });
    expect(mute.mimeType).toBe('video/mp4; codecs="avc1.64001f"');
    mute.close();
  });

  it('is left to its peer where the clock of the file is not the film’s', async () => {
    const refused = { kind: 'undecodable', reason: 'the clock of the file jumps' };
    await expect(open(FILM, { knownSeconds: 60 })).rejects.toMatchObject({ failure: refused });
    const film = await open(FILM, { knownSeconds: 60, isConvertible: false });
    film.close();
  });

  it.each([
    ['noise', new TextEncoder().encode('noise'.repeat(20_000))],
    ['nothing', new Uint8Array(0)],
    ['a film that is cut off', FILM.subarray(0, 2_000)],
  ])('is refused where it is %s', async (_what, bytes) => {
    await expect(open(bytes)).rejects.toMatchObject({ failure: { kind: 'undecodable' } });
  });

  it('fails with the reason that its bytes cannot be had', async () => {
    await expect(open(FILM, { failsAt: 0 })).rejects.toThrow('no peer is left');
    const film = await open(FILM, { failsAt: 300_000 });
    await expect(collect((await film.from(0)).parts())).rejects.toThrow('no peer is left');
    film.close();
  });
});
