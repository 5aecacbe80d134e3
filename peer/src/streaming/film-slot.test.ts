import { parseCatalogId } from '@giggityflix/proto/catalog-id';
import { describe, expect, it, vi } from 'vitest';
import type { OpenedFilm } from '../renditions/rendition-opener.ts';
import { createFilmSlot } from './film-slot.ts';

const REQUEST = {
  type: 'open',
  catalogId: parseCatalogId('ab'.repeat(32))!,
  token: 't',
  rendition: 'original',
  startSeconds: 0,
} as const;

function filmOf(name: string) {
  return {
    mimeType: name,
    close: vi.fn(async () => {}),
    contents: vi.fn(async () => ({ audioTracks: [], picture: null })),
  };
}

function setUp() {
  const opened: string[] = [];
  const failures: unknown[] = [];
  const onIdle = vi.fn();
  /** The renditions that are being begun, in order. */
  const begun: PromiseWithResolvers<OpenedFilm>[] = [];
  const slot = createFilmSlot({
    permit: async () => true,
    async openRendition() {
      const one = Promise.withResolvers<OpenedFilm>();
      begun.push(one);
      return one.promise;
    },
    onReplaced: () => {},
    onQueued: () => {},
    onIdle,
    onOpened: (film) => opened.push(film.mimeType),
    onRefused: ({ error }) => failures.push(error),
    onFailed: (error) => failures.push(error),
  });
  const finish = (at: number, film: ReturnType<typeof filmOf>) =>
    begun[at]?.resolve(film as unknown as OpenedFilm);
  return { slot, opened, failures, begun, finish, onIdle };
}

describe('the film a viewer has open', () => {
  it('is closed before another form of it is begun', async () => {
    const { slot, opened, begun, finish } = setUp();
    const [first, second] = [filmOf('first'), filmOf('second')];
    slot.open(REQUEST);
    await expect.poll(() => begun).toHaveLength(1);
    finish(0, first);
    await expect.poll(() => opened).toEqual(['first']);
    slot.open(REQUEST);
    expect(slot.film()).toBeNull();
    expect(slot.contents()).toBe(first.contents);
    await expect.poll(() => begun).toHaveLength(2);
    expect(first.close).toHaveBeenCalledOnce();
    finish(1, second);
    await expect.poll(() => opened).toEqual(['first', 'second']);
  });

  it('leaves its place when nothing is open, and not while another form of it is begun', async () => {
    const { slot, opened, begun, finish, onIdle } = setUp();
    slot.open(REQUEST);
    await expect.poll(() => begun).toHaveLength(1);
    finish(0, filmOf('first'));
    await expect.poll(() => opened).toEqual(['first']);
    slot.open(REQUEST);
    slot.open(REQUEST);
    await expect.poll(() => begun).toHaveLength(2);
    expect(onIdle).not.toHaveBeenCalled();
    begun[1]?.reject(new Error('no'));
    await expect.poll(() => onIdle.mock.calls).toHaveLength(1);
    await slot.close();
    expect(onIdle).toHaveBeenCalledTimes(2);
  });

  it('is the one asked for last: one that is overtaken is closed and never said to be open', async () => {
    const { slot, opened, begun, finish } = setUp();
    const [first, second] = [filmOf('first'), filmOf('second')];
    slot.open(REQUEST);
    await expect.poll(() => begun).toHaveLength(1);
    slot.open(REQUEST);
    finish(0, first);
    await expect.poll(() => begun).toHaveLength(2);
    finish(1, second);
    await expect.poll(() => opened).toEqual(['second']);
    expect(first.close).toHaveBeenCalledOnce();
  });

  it('that is being begun when the viewer leaves is closed, and the leaving waits for it', async () => {
    const { slot, opened, failures, begun, finish } = setUp();
    const film = filmOf('late');
    slot.open(REQUEST);
    await expect.poll(() => begun).toHaveLength(1);
    const closed = slot.close();
    finish(0, film);
    await closed;
    expect(film.close).toHaveBeenCalledOnce();
    expect([opened, failures]).toEqual([[], []]);
  });

  it('is not there after a refusal or a failure, which the viewer hears of', async () => {
    const { slot, failures, begun } = setUp();
    slot.open(REQUEST);
    await expect.poll(() => begun).toHaveLength(1);
    begun[0]?.reject(new Error('the disk fails'));
    await expect.poll(() => failures).toEqual([new Error('the disk fails')]);
    expect(slot.film()).toBeNull();
  });
});
