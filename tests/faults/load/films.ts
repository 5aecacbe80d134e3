import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SAMPLE = join(import.meta.dirname, '../../../stack/sample/Counting Seconds (2026).mp4');
const BLOCK_BYTES = 16_384;

export interface Film {
  readonly name: string;
  readonly path: string;
  readonly catalogId: string;
}

/** Playable films that differ in their bytes: a sample with a `free` box (ISO/IEC 14496-12) at its end. */
export function makeFilms(directory: string, count: number): Film[] {
  mkdirSync(directory, { recursive: true });
  const sample = readFileSync(SAMPLE);
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(2, '0');
    const name = `Fault Film ${number} (2020).mp4`;
    const path = join(directory, name);
    const box = Buffer.from(`????free${number.padEnd(32, '.')}`);
    box.writeUInt32BE(box.byteLength);
    const bytes = Buffer.concat([sample, box]);
    writeFileSync(path, bytes);
    return { name, path, catalogId: piecesRoot(bytes) };
  });
}

/** The root of BEP 52, made here once more so that the checker does not believe the peers. */
export function piecesRoot(bytes: Buffer): string {
  let level: Buffer[] = [];
  for (let at = 0; at < bytes.byteLength; at += BLOCK_BYTES)
    level.push(sha256(bytes.subarray(at, at + BLOCK_BYTES)));
  const leaves = 2 ** Math.ceil(Math.log2(level.length));
  while (level.length < leaves) level.push(Buffer.alloc(32));
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let pair = 0; pair < level.length; pair += 2)
      above.push(sha256(Buffer.concat([level[pair] as Buffer, level[pair + 1] as Buffer])));
    level = above;
  }
  return (level[0] as Buffer).toString('hex');
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
