import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { expect, it } from 'vitest';
import { createFilmReader } from './film-reader.ts';

/** A film of zeros, and the reads of it that are open. */
function film() {
  const open = new Set<number>();
  let reads = 0;
  const read = (first: number, end: number) => {
    reads += 1;
    const id = reads;
    let index = first;
    open.add(id);
    return {
      async next() {
        return index < end ? { index: index++, data: new Uint8Array(PIECE_SIZE) } : null;
      },
      close: () => void open.delete(id),
    };
  };
  const link = { sources: { read }, connection: () => Promise.reject(new Error('not asked for')) };
  return { reader: createFilmReader(link as never), open };
}

it('gives a range in parts, and closes its read at the end', async () => {
  const { reader, open } = film();
  const lengths: number[] = [];
  for await (const part of reader.read(PIECE_SIZE - 10, 2 * PIECE_SIZE + 5)) lengths.push(part.byteLength);
  expect(lengths).toEqual([10, PIECE_SIZE, 5]);
  expect(open.size).toBe(0);
});

it('opens nothing before the first part is asked for, and nothing for a read that is ended before', async () => {
  const { reader, open } = film();
  const parts = reader.read(0, PIECE_SIZE);
  expect(open.size).toBe(0);
  await parts.return();
  expect([await parts.next(), open.size]).toEqual([{ done: true, value: undefined }, 0]);
  const begun = reader.read(0, 2 * PIECE_SIZE);
  await begun.next();
  expect(open.size).toBe(1);
  await begun.return();
  expect(open.size).toBe(0);
});

it('knows what the film is while the link has no peer, once a piece of it was verified', async () => {
  const read = () => ({ next: async () => ({ index: 0, data: new Uint8Array(PIECE_SIZE) }), close() {} });
  let peer: object | null = { opened: { sizeBytes: 2 * PIECE_SIZE, mimeType: 'video/mp4' } };
  const connection = async () => peer ?? Promise.reject(new Error('no peer could be reached'));
  const reader = createFilmReader({ sources: { read }, connection } as never);
  const described = await reader.describe();
  peer = null;
  await expect(reader.describe()).rejects.toThrow('no peer could be reached');
  await reader.read(0, 10).next();
  expect(await reader.describe()).toEqual(described);
});

it('believes the peer that it has, whatever one before has said', async () => {
  const read = () => ({ next: async () => ({ index: 0, data: new Uint8Array(PIECE_SIZE) }), close() {} });
  const opened = (sizeBytes: number) => Promise.resolve({ opened: { sizeBytes, mimeType: 'video/mp4' } });
  let connection: Promise<object> = opened(7 * PIECE_SIZE);
  const reader = createFilmReader({ sources: { read }, connection: () => connection } as never);
  await reader.describe();
  await reader.read(0, 10).next();
  connection = new Promise(() => {});
  expect(await reader.describe()).toMatchObject({ sizeBytes: 7 * PIECE_SIZE });
  connection = opened(2 * PIECE_SIZE);
  expect(await reader.describe()).toMatchObject({ sizeBytes: 2 * PIECE_SIZE });
});
