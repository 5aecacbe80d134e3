import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { hashFile } from './hash-file.ts';
import { createPiecesHasher } from './pieces.ts';
import { createHashPool } from './pool.ts';

const BLOCK = 16_384;
const PIECE = 262_144;
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();

/** BEP 52 as its text has it: every block a leaf, leaves padded with zeros to a power of two, hashed in pairs. */
function piecesRootByTheText(data: Buffer): string {
  let level: Buffer[] = [];
  for (let at = 0; at < data.length; at += BLOCK) level.push(sha256(data.subarray(at, at + BLOCK)));
  while (Math.log2(level.length) % 1 !== 0) level.push(Buffer.alloc(32));
  while (level.length > 1)
    level = level.flatMap((hash, i) => (i % 2 === 0 ? [sha256(Buffer.concat([hash, level[i + 1]!]))] : []));
  return level[0]!.toString('hex');
}

const dir = mkdtempSync(join(tmpdir(), 'hash-test-'));
afterAll(() => rmSync(dir, { recursive: true }));

const EDGE_SIZES = [
  1,
  BLOCK - 1,
  BLOCK,
  BLOCK + 1,
  3 * BLOCK,
  PIECE - 1,
  PIECE,
  PIECE + 1,
  2 * PIECE,
  5 * PIECE + 7,
  16 * PIECE + 1,
];

describe('the pieces root', () => {
  it.each(EDGE_SIZES)('of %i bytes is the one BEP 52 describes', (size) => {
    const data = randomBytes(size);
    const hasher = createPiecesHasher();
    hasher.update(data);
    expect(hasher.digest().root.toString('hex')).toBe(piecesRootByTheText(data));
  });

  it('is the one BEP 52 describes for files of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 * BLOCK }), (size) => {
        const data = Buffer.alloc(size, size % 251);
        const hasher = createPiecesHasher();
        hasher.update(data);
        expect(hasher.digest().root.toString('hex')).toBe(piecesRootByTheText(data));
      }),
      { numRuns: 40 },
    );
  });

  it('comes with one hash per piece, which reduce to it', () => {
    const data = randomBytes(3 * PIECE + 5);
    const hasher = createPiecesHasher();
    hasher.update(data.subarray(0, 2 * PIECE));
    hasher.update(data.subarray(2 * PIECE));
    const { root, pieceLayer } = hasher.digest();
    expect(pieceLayer.length).toBe(4 * 32);
    const pair = (a: number, b: number) =>
      sha256(
        Buffer.concat([pieceLayer.subarray(a * 32, a * 32 + 32), pieceLayer.subarray(b * 32, b * 32 + 32)]),
      );
    expect(sha256(Buffer.concat([pair(0, 1), pair(2, 3)]))).toEqual(root);
  });

  it('is not defined for a file without bytes', () => {
    expect(() => createPiecesHasher().digest()).toThrow('an empty file');
  });
});

describe('hashing a file', () => {
  it('computes every algorithm and the root from one read', () => {
    const data = randomBytes(4 * PIECE + 100);
    const path = join(dir, 'film 🎬\nof two lines.mp4');
    writeFileSync(path, data);
    const result = hashFile({ path, algorithms: ['md5', 'sha1'] });
    expect(result.hashes).toEqual({
      md5: createHash('md5').update(data).digest('hex'),
      sha1: createHash('sha1').update(data).digest('hex'),
    });
    expect(Buffer.from(result.root).toString('hex')).toBe(piecesRootByTheText(data));
    expect(result.sizeBytes).toBe(data.length);
  });

  it('refuses an empty file, a folder and a missing file with words', () => {
    writeFileSync(join(dir, 'empty.mp4'), '');
    expect(() => hashFile({ path: join(dir, 'empty.mp4'), algorithms: [] })).toThrow('the file is empty');
    expect(() => hashFile({ path: dir, algorithms: [] })).toThrow('not a regular file');
    expect(() => hashFile({ path: join(dir, 'none'), algorithms: [] })).toThrow('ENOENT');
  });

  it('gives the same in threads, large files split over two of them', async () => {
    const pool = createHashPool({ algorithms: ['md5', 'sha1'], workers: 2, maxBytesPerSecond: 0 });
    const sizes = [1, PIECE, 9 * PIECE + 11, 70 * PIECE + 3];
    const paths = sizes.map((size, index) => {
      const path = join(dir, `pool-${index}`);
      writeFileSync(path, randomBytes(size));
      return path;
    });
    const results = await Promise.all(paths.slice(0, 3).map((path) => pool.hash(path)));
    results.push(await pool.hash(paths[3]!));
    for (const [index, path] of paths.entries()) {
      const alone = hashFile({ path, algorithms: ['md5', 'sha1'] });
      expect(results[index]!.hashes).toEqual(alone.hashes);
      expect(Buffer.from(results[index]!.root)).toEqual(Buffer.from(alone.root));
      expect(Buffer.from(results[index]!.pieceLayer)).toEqual(Buffer.from(alone.pieceLayer));
    }
    await expect(pool.hash(join(dir, 'none'))).rejects.toThrow('ENOENT');
    await pool.stop();
    await expect(pool.hash(paths[0]!)).rejects.toThrow('stopped');
  });
});
