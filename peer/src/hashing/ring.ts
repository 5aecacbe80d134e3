import { PIECE_SIZE } from '@giggityflix/proto/data-channel';

/** Bytes of a slot: one read. */
export const SLOT_BYTES = 4 * PIECE_SIZE;
/** Slots: how far the reader may be ahead of the follower. */
const SLOTS = 4;

const WRITTEN = 0;
const CONSUMED = 1;
const ENDED = 2;
const LENGTHS = 3;

/** Memory that a reading thread fills and another reads behind it. */
export interface RingMemory {
  data: SharedArrayBuffer;
  control: SharedArrayBuffer;
}

export function createRingMemory(): RingMemory {
  return {
    data: new SharedArrayBuffer(SLOTS * SLOT_BYTES),
    control: new SharedArrayBuffer((LENGTHS + SLOTS) * Int32Array.BYTES_PER_ELEMENT),
  };
}

/** Both ends of a ring; each is used by one thread, and blocks that thread while it must wait for the other. */
export function openRing(memory: RingMemory) {
  const control = new Int32Array(memory.control);
  const slots = Array.from({ length: SLOTS }, (_, i) => Buffer.from(memory.data, i * SLOT_BYTES, SLOT_BYTES));
  let count = 0;

  return {
    /** The next slot to fill; waits until the follower has left it. */
    slot(): Buffer {
      for (let consumed = Atomics.load(control, CONSUMED); count - consumed >= SLOTS; ) {
        Atomics.wait(control, CONSUMED, consumed);
        consumed = Atomics.load(control, CONSUMED);
      }
      return slots[count % SLOTS]!;
    },
    /** Hands over the slot filled last. */
    publish(length: number): void {
      control[LENGTHS + (count % SLOTS)] = length;
      count += 1;
      Atomics.store(control, WRITTEN, count);
      Atomics.notify(control, WRITTEN);
    },
    /** Ends the stream, well or badly. */
    end(): void {
      Atomics.store(control, ENDED, 1);
      // Also a change of `WRITTEN`, so that a follower about to wait for one does not.
      Atomics.add(control, WRITTEN, 1);
      Atomics.notify(control, WRITTEN);
    },
    /** The parts in order, each valid until the next is asked for. */
    *parts(): Generator<Buffer> {
      while (true) {
        let written = Atomics.load(control, WRITTEN);
        while (written === count) {
          Atomics.wait(control, WRITTEN, written);
          written = Atomics.load(control, WRITTEN);
        }
        const available = Atomics.load(control, ENDED) === 1 ? Atomics.load(control, WRITTEN) - 1 : written;
        if (count >= available) return;
        const slot = count % SLOTS;
        yield slots[slot]!.subarray(0, control[LENGTHS + slot]!);
        count += 1;
        Atomics.store(control, CONSUMED, count);
        Atomics.notify(control, CONSUMED);
      }
    },
  };
}

export type Ring = ReturnType<typeof openRing>;
