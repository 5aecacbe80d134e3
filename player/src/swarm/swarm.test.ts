import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClock, createSimulatedPeer, SENT_BYTES, seeded } from '../../testing/simulation.ts';
import { CACHED_PIECES, FREE_DUPLICATES, PIECES_PER_DUPLICATE, WINDOW_PIECES } from './limits.ts';
import { createSwarm, type SwarmRead } from './swarm.ts';

const MB = 1_000_000;

/** Reads to the end, and gives the indexes that came. */
async function readAll(read: SwarmRead): Promise<number[]> {
  const indexes: number[] = [];
  for (let piece = await read.next(); piece; piece = await read.next()) {
    expect(new DataView(piece.data.buffer).getUint32(0, true)).toBe(piece.index);
    indexes.push(piece.index);
  }
  read.close();
  return indexes;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, step) => from + step);

function setUp(pieces: number, seed = 1) {
  const clock = createClock();
  const random = seeded(seed);
  const problems: string[] = [];
  const most = { held: 0, outstanding: 0 };
  const swarm = createSwarm({
    timers: clock.timers,
    now: clock.now,
    onVerified() {
      const { held, outstanding } = swarm.totals();
      most.held = Math.max(most.held, held);
      most.outstanding = Math.max(most.outstanding, outstanding);
    },
  });
  const join = (number: number, nature: Parameters<typeof createSimulatedPeer>[1], onLeft = () => {}) => {
    const peer = createSimulatedPeer(clock, nature, random);
    swarm.add({
      number,
      client: peer.client,
      sizeBytes: pieces * PIECE_SIZE,
      onLeft(problem) {
        problems.push(`${number} ${problem}`);
        onLeft();
      },
      onFailed: (error) => problems.push(`${number} ${(error as { code?: string }).code}`),
    });
    return peer;
  };
  return { clock, random, swarm, join, problems, most };
}

describe('a swarm', () => {
  it('reads from several sources what one alone would take longer for', async () => {
    const { clock, swarm, join } = setUp(200);
    for (const number of [0, 1, 2, 3]) join(number, { bytesPerSecond: 2 * MB, latencyMs: 50 });
    const reading = readAll(swarm.read(0, 200));
    let done = false;
    void reading.then(() => {
      done = true;
    });
    await clock.run(() => done);
    expect(await reading).toEqual(range(0, 200));
    const aloneMs = ((200 * PIECE_SIZE) / (2 * MB)) * 1_000;
    expect(clock.now()).toBeLessThan(aloneMs / 3.5);
    for (const { verifiedBytes } of swarm.figures()) expect(verifiedBytes).toBeGreaterThan(40 * SENT_BYTES);
  });

  it('gives each source as much as its rate allows', async () => {
    const { clock, swarm, join } = setUp(300);
    join(0, { bytesPerSecond: 4 * MB, latencyMs: 20 });
    join(1, { bytesPerSecond: 1 * MB, latencyMs: 20 });
    const reading = readAll(swarm.read(0, 300));
    let done = false;
    void reading.then(() => {
      done = true;
    });
    await clock.run(() => done);
    expect(await reading).toEqual(range(0, 300));
    const [fast, slow] = swarm.figures().map(({ verifiedBytes }) => verifiedBytes);
    expect(fast! / slow!).toBeGreaterThan(3);
    expect(fast! / slow!).toBeLessThan(5.5);
  });

  it('asks nobody for more than its window while nothing is taken', async () => {
    const { clock, swarm, join, most } = setUp(1_000);
    for (const number of [0, 1, 2, 3, 4, 5]) join(number, { bytesPerSecond: 20 * MB, latencyMs: 100 });
    const read = swarm.read(0, 1_000);
    await clock.run(() => false, 20_000);
    expect(swarm.totals()).toEqual({ held: WINDOW_PIECES, outstanding: 0, duplicates: 0 });
    const rest = readAll(read);
    let done = false;
    void rest.then(() => {
      done = true;
    });
    await clock.run(() => done);
    expect(await rest).toEqual(range(0, 1_000));
    expect(most.held).toBeLessThanOrEqual(CACHED_PIECES);
    expect(most.outstanding).toBeLessThanOrEqual(WINDOW_PIECES);
  });

  it('returns the pieces of a read that is cancelled, also while it waits, to one at another place', async () => {
    const { clock, swarm, join } = setUp(1_000);
    join(0, { bytesPerSecond: 1 * MB, latencyMs: 20 });
    const first = swarm.read(0, 1_000);
    const waiting = first.next();
    first.close();
    expect(await waiting).toBeNull();
    const second = swarm.read(500, 510);
    const reading = readAll(second);
    let done = false;
    void reading.then(() => {
      done = true;
    });
    await clock.run(() => done);
    expect(await reading).toEqual(range(500, 510));
    // What the first asked for was on its way for no longer than the cancelling took.
    expect(clock.now()).toBeLessThan(20 + (14 * PIECE_SIZE) / 1_000);
  });

  it('shares the sources between reads at different places', async () => {
    const { clock, swarm, join } = setUp(1_000);
    for (const number of [0, 1]) join(number, { bytesPerSecond: 1 * MB, latencyMs: 20 });
    const readings = [readAll(swarm.read(0, 30)), readAll(swarm.read(700, 730))];
    let done = 0;
    const ends: number[] = [];
    for (const reading of readings)
      void reading.then(() => {
        done += 1;
        ends.push(clock.now());
      });
    await clock.run(() => done === 2);
    expect(await Promise.all(readings)).toEqual([range(0, 30), range(700, 730)]);
    expect(ends[0]! / ends[1]!).toBeGreaterThan(0.8);
  });

  it('fetches on where a read has ended, and no further than that was long', async () => {
    const { clock, swarm, join } = setUp(1_000);
    join(0, { bytesPerSecond: 10 * MB, latencyMs: 20 });
    for (const [from, to] of [
      [0, 4],
      [4, 8],
    ] as const) {
      let done = false;
      void readAll(swarm.read(from, to)).then(() => {
        done = true;
      });
      await clock.run(() => done);
    }
    await clock.run(() => false, 60_000);
    expect(swarm.totals()).toMatchObject({ held: 16, outstanding: 0 });
  });

  it('leaves a source that falls silent, and one that lies, and loses nothing by it', async () => {
    const { clock, swarm, join, problems } = setUp(400);
    join(0, { bytesPerSecond: 2 * MB, latencyMs: 20 });
    const silent = join(1, { bytesPerSecond: 2 * MB, latencyMs: 20 });
    let lie = false;
    join(2, { bytesPerSecond: 2 * MB, latencyMs: 20, lies: () => lie });
    clock.timers.after(2_000, silent.fallSilent);
    clock.timers.after(3_000, () => {
      lie = true;
    });
    const reading = readAll(swarm.read(0, 400));
    let done = false;
    void reading.then(() => {
      done = true;
    });
    await clock.run(() => done);
    expect(await reading).toEqual(range(0, 400));
    expect(problems.sort()).toEqual(['1 STALLED', '2 not_proven']);
    expect(swarm.sources()).toEqual([0]);
  });

  it('leaves a source that is slow while the film is short', async () => {
    const { clock, swarm, join, problems } = setUp(600);
    join(0, { bytesPerSecond: 4 * MB, latencyMs: 20 });
    join(1, { bytesPerSecond: 0.1 * MB, latencyMs: 20 });
    const reading = readAll(swarm.read(0, 600));
    let done = false;
    void reading.then(() => {
      done = true;
    });
    await clock.run(() => done);
    expect(await reading).toEqual(range(0, 600));
    expect(problems).toEqual(['1 SLOW']);
  });

  it('delivers every piece in order once, within its bounds, while one honest source remains', async () => {
    const nature = fc.record({
      bytesPerSecond: fc.integer({ min: 100_000, max: 20 * MB }),
      latencyMs: fc.integer({ min: 0, max: 400 }),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const event = fc.record({
      atMs: fc.integer({ min: 0, max: 30_000 }),
      source: fc.integer({ min: 1, max: 5 }),
      what: fc.constantFrom('joins', 'leaves', 'falls silent', 'lies', 'cancels') as fc.Arbitrary<
        'joins' | 'leaves' | 'falls silent' | 'lies' | 'cancels'
      >,
      nature,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          honest: nature,
          events: fc.array(event, { maxLength: 25 }),
          pieces: fc.integer({ min: 1, max: 400 }),
          seed: fc.integer(),
        }),
        async ({ honest, events, pieces, seed }) => {
          const { clock, swarm, join, most, random } = setUp(pieces, seed);
          const stay = () => void join(0, honest, () => clock.timers.after(300, stay));
          stay();
          const liars = new Set<number>();
          const peers = new Map<number, ReturnType<typeof join>>();
          const others: Promise<number[]>[] = [];
          const opened: SwarmRead[] = [];
          for (const { atMs, source, what, nature: given } of events)
            clock.timers.after(atMs, () => {
              if (what === 'joins') {
                liars.delete(source);
                peers.set(source, join(source, { ...given, lies: () => liars.has(source) }));
              } else if (what === 'leaves') peers.get(source)?.leave('left');
              else if (what === 'falls silent') peers.get(source)?.fallSilent();
              else if (what === 'lies') liars.add(source);
              else {
                const from = Math.floor(random() * pieces);
                const read = swarm.read(from, pieces);
                others.push(readAll(read));
                opened.push(read);
                clock.timers.after(500, read.close);
              }
            });
          const reading = readAll(swarm.read(0, pieces));
          let done = false;
          void reading.then(
            () => {
              done = true;
            },
            () => {
              done = true;
            },
          );
          await clock.run(() => done, 3_600_000);
          expect(done).toBe(true);
          expect(await reading).toEqual(range(0, pieces));
          for (const read of opened) read.close();
          for (const other of await Promise.all(others))
            for (const [step, index] of other.entries()) expect(index).toBe(other[0]! + step);
          expect(most.held).toBeLessThanOrEqual(CACHED_PIECES);
          expect(most.outstanding).toBeLessThanOrEqual(WINDOW_PIECES);
          const came = swarm
            .figures()
            .reduce((sum, { verifiedBytes }) => sum + verifiedBytes / SENT_BYTES, 0);
          expect(swarm.totals().duplicates).toBeLessThanOrEqual(
            FREE_DUPLICATES + 1 + came / PIECES_PER_DUPLICATE,
          );
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  }, 120_000);
});
