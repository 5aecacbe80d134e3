import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { hashFile } from './hash-file.ts';
import { createPiecesHasher } from './pieces-hasher.ts';
import { createHashPool } from './pool.ts';
import { SLOT_BYTES } from './ring.ts';

const PIECE = 262_144;
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();

const dir = mkdtempSync(join(tmpdir(), 'hash-test-'));
afterAll(() => rmSync(dir, { recursive: true }));

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
    const pieces = createPiecesHasher(sha256);
    pieces.update(data);
    const { root, pieceLayer } = pieces.finish();
    expect([...result.root]).toEqual([...root!]);
    expect([...result.pieceLayer]).toEqual([...pieceLayer]);
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

  it('does not let a small file wait for large ones, however slowly these are read', async () => {
    const pool = createHashPool({ algorithms: ['md5', 'sha1'], workers: 2, maxBytesPerSecond: 4e6 });
    onTestFinished(() => pool.stop());
    const large = join(dir, 'large');
    writeFileSync(large, '');
    truncateSync(large, 2 * 268_435_456);
    const outcomes = [pool.hash(large), pool.hash(large)].map((work) =>
      work.catch((error: Error) => error.message),
    );
    const small = join(dir, 'small');
    for (const text of ['one', 'two']) {
      writeFileSync(small, text);
      expect((await pool.hash(small)).hashes.md5).toBe(createHash('md5').update(text).digest('hex'));
    }
    await pool.stop();
    expect(await Promise.all(outcomes)).toEqual(['hashing was stopped', 'hashing was stopped']);
  });

  it('reads no further than allowed', async () => {
    const pool = createHashPool({ algorithms: [], workers: 2, maxBytesPerSecond: 1 });
    onTestFinished(() => pool.stop());
    const path = join(dir, 'throttled');
    writeFileSync(path, Buffer.alloc(3 * SLOT_BYTES));
    const outcome = pool.hash(path).catch((error: Error) => error.message);
    await expect.poll(() => pool.bytesRead()).toBeGreaterThan(0);
    // A thread of its own is free meanwhile, and has to wait for its turn as well.
    const other = pool.hash(path).catch((error: Error) => error.message);
    await expect.poll(() => pool.bytesRead()).toBe(2 * SLOT_BYTES);
    await pool.stop();
    expect(await Promise.all([outcome, other])).toEqual(['hashing was stopped', 'hashing was stopped']);
    expect(pool.bytesRead()).toBe(2 * SLOT_BYTES);
  });

  it('keeps no threads without work, and has them again for the next file', async () => {
    const pool = createHashPool({ algorithms: ['md5'], workers: 2, maxBytesPerSecond: 0, idleMs: 20 });
    onTestFinished(() => pool.stop());
    const path = join(dir, 'rest.mp4');
    writeFileSync(path, randomBytes(PIECE));
    const first = await pool.hash(path);
    await expect.poll(() => pool.threads()).toBe(0);
    expect(await pool.hash(path)).toEqual(first);
  });
});
