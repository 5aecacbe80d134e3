import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureCeiling } from './link/ceiling.ts';
import type { LinkProfile } from './link/profile.ts';
import { startEmulator } from './link/start.ts';
import { type BenchRow, row } from './row.ts';
import { type Contender, createBare, createOurs } from './swarm/contenders.ts';
import { createWebTorrent } from './swarm/webtorrent.ts';

const FILM_BYTES = 96 * 1_024 * 1_024;
const MOST_PEERS = 4;
/** A household's line to the internet: 40 Mbit/s. */
const HOUSEHOLD_BYTES_PER_SECOND = 5_000_000;

/**
 * The rate of lines with a length, 400 Mbit/s: what all comes at once, as it would without, finds no room in the receiver's socket, so
 * that losses would be measured that nobody asked for.
 */
const LONG_LINE_BYTES_PER_SECOND = 50_000_000;

/** `--quick` measures fewer cells, and each for a shorter time; `--seed` decides what the links lose. */
export const options = { quick: 0, seed: 1, webtorrent: 1 };

/**
 * Bytes of a film into a player in another process, from one and several peers over emulated links of their own, beside one data
 * channel of the same library with its own settings and beside WebTorrent, over the same links. All are given the same time from
 * the first byte on, so that how soon a connection becomes fast counts.
 */
export default async function swarm({ quick, seed, webtorrent }: typeof options): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-swarm-'));
  const film = { path: join(directory, 'film.mp4'), sizeBytes: FILM_BYTES };
  writeFileSync(film.path, randomBytes(FILM_BYTES));
  const emulator = startEmulator(seed);
  const running: Contender[] = [];
  const started = <T extends Contender>(contender: T): T => {
    running.push(contender);
    return contender;
  };
  try {
    const rows = [row('carried by the link emulator itself', 'MB/s', await measureCeiling(emulator))];
    const bare = started(createBare(emulator));
    const ours = started(await createOurs(emulator, film, MOST_PEERS));
    const others = webtorrent === 1 ? started(await createWebTorrent(emulator, film, MOST_PEERS)) : null;
    for (const profile of profiles(quick === 1)) {
      const seconds = quick === 1 ? 1.5 : 2;
      const link = describe(profile);
      const channel = {
        name: 'one bare channel of node-datachannel',
        value: await bare.measure(profile, 1, seconds),
      };
      for (const peers of quick === 1 ? [1, MOST_PEERS] : [1, 2, MOST_PEERS]) {
        const rate = await ours.measure(profile, peers, seconds);
        const name = `${link}, ${peers} ${peers === 1 ? 'peer' : 'peers'}`;
        rows.push(row(name, 'MB/s', rate, channel));
        if (others)
          rows.push(
            row(name, 'MB/s', rate, {
              name: `WebTorrent over uTP, ${peers} ${peers === 1 ? 'seeder' : 'seeders'}`,
              value: await others.measure(profile, peers, seconds),
            }),
          );
      }
    }
    rows.push(...(await households(ours, quick === 1)));
    return rows;
  } finally {
    for (const contender of running) contender.stop();
    emulator.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What more peers bring where each is at the end of a line of its own. */
async function households(ours: Contender, quick: boolean): Promise<BenchRow[]> {
  const profile = { roundTripMs: 20, bytesPerSecond: HOUSEHOLD_BYTES_PER_SECOND };
  const seconds = quick ? 2 : 4;
  const one = await ours.measure(profile, 1, seconds);
  return [
    row('lines of 5 MB/s, 20 ms, 3 peers', 'MB/s', await ours.measure(profile, 3, seconds), {
      name: 'the same from one',
      value: one,
    }),
    row('lines of 5 MB/s, 20 ms, 1 peer', 'MB/s', one, {
      name: 'the line',
      value: HOUSEHOLD_BYTES_PER_SECOND / 1e6,
    }),
  ];
}

function profiles(quick: boolean): LinkProfile[] {
  const losses = quick ? [0, 0.005] : [0, 0.005, 0.02];
  const roundTrips = quick ? [0, 50] : [0, 20, 50, 100];
  return roundTrips.flatMap((roundTripMs) =>
    losses.map((loss) => ({
      roundTripMs,
      loss,
      bytesPerSecond: roundTripMs === 0 ? null : LONG_LINE_BYTES_PER_SECOND,
    })),
  );
}

function describe({ roundTripMs, loss = 0 }: LinkProfile): string {
  return `round trip ${roundTripMs} ms, loss ${loss * 100} %`;
}
