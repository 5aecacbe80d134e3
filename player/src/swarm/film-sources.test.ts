import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { describe, expect, it } from 'vitest';
import { createSimulatedFilm } from '../../testing/simulated-film.ts';
import { createClock } from '../../testing/simulation.ts';
import { ChannelError } from '../channel/channel-error.ts';
import { createFilmSources } from './film-sources.ts';

const MB = 1_000_000;
const FILM = { seconds: 60, bytesPerSecond: 1 * MB };
const inOrder = (pieces: number) => Array.from({ length: pieces }, (_, index) => index);

describe('the sources of a film', () => {
  it('hear of bad data that came before its peer went', async () => {
    const clock = createClock();
    const verified = Promise.withResolvers<never>();
    const blamed: string[] = [];
    const sources = createFilmSources({
      timers: clock.timers,
      now: clock.now,
      random: () => 0.5,
      maxSources: 1,
      connect: () => Promise.reject(new Error('there is no other peer')),
      leave() {},
      abandon() {},
    });
    sources.opened({
      client: {
        async *read() {
          yield await verified.promise;
        },
        takenBytes: () => 0,
        renewToken() {},
      },
      opened: { sizeBytes: 4 * PIECE_SIZE, durationSeconds: null },
      lost: Promise.resolve('closed'),
      blame: (problem) => blamed.push(problem),
      close() {},
    });
    void sources.read(0, 4).next();
    sources.interrupted();
    verified.reject(new ChannelError('not_proven', 'the piece is not of the film'));
    await expect.poll(() => blamed).toContain('NOT_PROVEN');
    expect(sources.totals().unproven).toBe(blamed.length);
  });

  it('play it from two peers that have 0.7 of its rate each, without a stop', async () => {
    const film = createSimulatedFilm(FILM);
    for (let count = 0; count < 2; count += 1) film.join({ bytesPerSecond: 0.7 * MB, latencyMs: 40 });
    const { came, stops, pieces } = await film.play();
    expect(came).toEqual(inOrder(pieces));
    expect(stops).toEqual([]);
  });

  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    'stop for no more than 0.5 s when one of three peers is killed and one lies (seed %d)',
    async (seed) => {
      const film = createSimulatedFilm({ ...FILM, seed });
      const { clock, random } = film;
      let lies = false;
      let told = 0;
      const lie = () => {
        if (!lies || random() < 0.5) return false;
        told += 1;
        return true;
      };
      const nature = () => ({
        bytesPerSecond: (1 + random()) * MB,
        latencyMs: 10 + 80 * random(),
        jitter: 0.5,
      });
      film.join({ ...nature(), lies: lie });
      const killed = film.join(nature());
      film.join({ ...nature(), bytesPerSecond: 1.5 * MB });
      clock.timers.after(1_000 + 50_000 * random(), killed.die);
      clock.timers.after(1_000 + 30_000 * random(), () => {
        lies = true;
      });
      const { came, stops, pieces } = await film.play();
      expect(came).toEqual(inOrder(pieces));
      expect(Math.max(0, ...stops)).toBeLessThanOrEqual(500);
      expect(film.left.filter((line) => line.endsWith('NOT_PROVEN'))).toHaveLength(told);
    },
  );

  it('play a whole film from ten peers that join and leave at random', async () => {
    const film = createSimulatedFilm({ seconds: 120, bytesPerSecond: MB, seed: 7 });
    const { clock, random } = film;
    const come = (isFirst: boolean) => {
      const peer = film.join({
        bytesPerSecond: (0.4 + random()) * MB,
        latencyMs: 80 * random(),
        jitter: 0.5,
      });
      clock.timers.after(5_000 + 25_000 * random(), () => {
        if (random() < 0.5) peer.leave();
        else peer.die();
        clock.timers.after(isFirst ? 0 : 3_000 * random(), () => come(false));
      });
    };
    for (let count = 0; count < 10; count += 1) come(false);
    const { came, stops, pieces } = await film.play();
    expect(came).toEqual(inOrder(pieces));
    expect(Math.max(0, ...stops)).toBeLessThanOrEqual(500);
  });

  it('are two while two are enough, and leave what is more than enough', async () => {
    const film = createSimulatedFilm(FILM);
    const most = { open: 0 };
    for (let count = 0; count < 6; count += 1) film.join({ bytesPerSecond: 10 * MB, latencyMs: 20 });
    const look = () => {
      most.open = Math.max(most.open, film.sources.connections().length + 1);
      if (film.clock.now() < 50_000) film.clock.timers.after(200, look);
    };
    look();
    await film.play();
    expect(most.open).toBe(2);
  });

  it('become more while all together are too little', async () => {
    const film = createSimulatedFilm(FILM);
    let open = 0;
    for (let count = 0; count < 6; count += 1) film.join({ bytesPerSecond: 0.25 * MB, latencyMs: 20 });
    film.clock.timers.after(40_000, () => {
      open = film.sources.connections().length + 1;
    });
    const { came, pieces } = await film.play();
    expect(came).toEqual(inOrder(pieces));
    expect(open).toBe(6);
  });

  it('take in a peer that comes while the film plays', async () => {
    const film = createSimulatedFilm(FILM);
    film.join({ bytesPerSecond: 0.8 * MB, latencyMs: 20 });
    film.clock.timers.after(10_000, () => film.join({ bytesPerSecond: 2 * MB, latencyMs: 20 }));
    const { came, pieces } = await film.play();
    expect(came).toEqual(inOrder(pieces));
    expect(film.sources.figures().find(({ source }) => source > 0)?.verifiedBytes).toBeGreaterThan(100);
  });

  it('give the last peer to the link, which has lost its own', async () => {
    const film = createSimulatedFilm(FILM);
    const first = film.join({ bytesPerSecond: 2 * MB, latencyMs: 20 });
    film.join({ bytesPerSecond: 2 * MB, latencyMs: 20 });
    film.clock.timers.after(10_000, first.leave);
    const { came, stops, pieces } = await film.play();
    expect(came).toEqual(inOrder(pieces));
    expect(stops).toEqual([]);
    const [zero] = film.sources.figures();
    // More than came from it in the first 10 s.
    expect(zero?.verifiedBytes).toBeGreaterThan(0.4 * 4 * pieces);
  });

  it('fail a read when no peer is left and the link gives up', async () => {
    const film = createSimulatedFilm(FILM);
    const read = film.sources.read(0, 10);
    const first = read.next();
    film.sources.failed(new Error('no peer could be reached'));
    await expect(first).rejects.toThrow('no peer could be reached');
    await expect(film.sources.read(5, 6).next()).rejects.toThrow('no peer could be reached');
  });
});
