import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMediaBuffer } from './media-buffer.ts';

const COMING = { mimeType: 'video/mp4', startSeconds: 0 };
const isWanted = () => true;

/** A part that only says what the others are. */
const HEAD = Uint8Array.of(0);

/** Takes parts of two bytes, where they begin and end, and says later than it holds them that it does, as browsers do. */
class FakeSourceBuffer extends EventTarget {
  updating = false;
  timestampOffset = 0;
  parts: [number, number][] = [];
  readonly buffered = {
    parts: () => this.parts,
    get length() {
      return this.parts().length;
    },
    start(index: number) {
      return this.parts()[index]![0];
    },
    end(index: number) {
      return this.parts()[index]![1];
    },
  };
  appendBuffer([start, end]: Uint8Array) {
    this.#update(() => {
      if (end === undefined) return;
      const before = this.parts.find((part) => part[1] === start);
      if (before) before[1] = end;
      else this.parts = [...this.parts, [start!, end] as [number, number]].sort(([a], [b]) => a - b);
    });
  }
  remove(from: number, until: number) {
    this.#update(() => {
      this.parts = this.parts.filter(([start, end]) => end <= from || start >= until);
    });
  }
  abort() {
    if (this.updating) throw new DOMException('updating', 'InvalidStateError');
  }
  #update(change: () => void) {
    if (this.updating) throw new DOMException('updating', 'InvalidStateError');
    this.updating = true;
    setTimeout(() => {
      change();
      this.updating = false;
      setTimeout(() => this.dispatchEvent(new Event('updateend')), 10);
    }, 10);
  }
}

describe('the buffer of a film', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([0, 5, 15, 25])('goes on from the place moved to %i ms into an append for another', async (ms) => {
    const held = new FakeSourceBuffer();
    const video = { currentTime: 100, buffered: held.buffered };
    const buffer = createMediaBuffer(
      { readyState: 'open', addSourceBuffer: () => held } as unknown as MediaSource,
      video as unknown as HTMLVideoElement,
      COMING,
      100,
    );
    const before = buffer.append(Uint8Array.of(100, 102), isWanted);
    await vi.advanceTimersByTimeAsync(ms);
    video.currentTime = 140;
    const after = buffer
      .moveTo(COMING, 140)
      .then(() => buffer.append(HEAD, isWanted))
      .then(() => buffer.append(Uint8Array.of(140, 142), isWanted))
      .then(() => buffer.append(Uint8Array.of(142, 144), isWanted));
    await vi.runAllTimersAsync();
    await Promise.all([before, after]);
    expect(buffer.filledTo()).toBe(144);
    expect([101, 141].map(buffer.isFilled)).toEqual([false, true]);
  });

  it('leads to where a stream is complete from the place it was asked for, and from no other', async () => {
    const held = new FakeSourceBuffer();
    const video = { currentTime: 125, buffered: held.buffered };
    const buffer = createMediaBuffer(
      { readyState: 'open', addSourceBuffer: () => held } as unknown as MediaSource,
      video as unknown as HTMLVideoElement,
      { ...COMING, completeFrom: 127 },
      125,
    );
    const first = buffer.append(Uint8Array.of(127, 129), isWanted);
    await vi.runAllTimersAsync();
    await first;
    expect(video.currentTime).toBe(127);
    const second = buffer.append(Uint8Array.of(129, 131), isWanted);
    await vi.advanceTimersByTimeAsync(5);
    video.currentTime = 5;
    await vi.runAllTimersAsync();
    await second;
    expect(video.currentTime).toBe(5);
  });
});
