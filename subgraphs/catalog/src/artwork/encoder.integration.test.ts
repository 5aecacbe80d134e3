import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { blackPng } from '@giggityflix/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPictureEncoder, type PictureEncoder } from './encoder.ts';

let folder: string;
let encoder: PictureEncoder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'encoder-'));
});
afterEach(async () => {
  await encoder.stop();
  rmSync(folder, { recursive: true, force: true });
});

const picture = blackPng(16, 16);

/** A process that does this with each message, in place of the decoder. */
function programOf(work: string): URL {
  const path = join(folder, 'program.mjs');
  writeFileSync(path, `process.on('message', (data) => { ${work} });`);
  return pathToFileURL(path);
}

it('pictures are encoded by a process of their own, again and again', async () => {
  encoder = createPictureEncoder({ idleMs: 0 });
  const made = await Promise.all([
    encoder.encode(picture),
    encoder.encode(Buffer.from('none')),
    encoder.encode(picture),
  ]);
  expect(made).toMatchObject([{ mimeType: 'image/jpeg', width: 16 }, null, { mimeType: 'image/jpeg' }]);
  expect(await encoder.encode(picture)).toEqual(made[0]);
});

it('a picture that takes down its decoder is none, and the next is decoded', async () => {
  encoder = createPictureEncoder({
    program: programOf('data.length > 100 ? process.abort() : process.send({})'),
  });
  expect(await encoder.encode(blackPng(16, 16, 'x'.repeat(100)))).toBeNull();
  expect(await encoder.encode(picture)).toEqual({});
});

it('a picture whose decoder takes too much memory is none', async () => {
  const bound = new URL('memory-bound.ts', import.meta.url);
  const program = programOf(`
    import('${bound}').then(({ endAboveMemory }) => {
      endAboveMemory(process.memoryUsage.rss() + 64e6);
      const taken = [];
      setInterval(() => taken.length < 64 ? taken.push(Buffer.alloc(4e6, 1)) : process.send({}), 5);
    });`);
  encoder = createPictureEncoder({ program });
  expect(await encoder.encode(picture)).toBeNull();
});

it('a picture of one row that would take 1.5 GB is refused within the bound', async () => {
  encoder = createPictureEncoder();
  const row = blackPng(15_999_999, 1);
  expect(row.length).toBeLessThan(10_000);
  expect(await encoder.encode(row)).toBeNull();
  expect(await encoder.encode(picture)).toMatchObject({ width: 16 });
});

it('a picture that takes too long is none', async () => {
  encoder = createPictureEncoder({ program: programOf('for (;;);'), timeoutMs: 500 });
  expect(await encoder.encode(picture)).toBeNull();
});
