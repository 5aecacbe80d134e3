import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { ChannelError } from '../src/channel/channel-error.ts';
import { createFilmSources } from '../src/swarm/film-sources.ts';
import {
  createClock,
  createSimulatedPeer,
  type PeerNature,
  type SimulatedPeer,
  seeded,
} from './simulation.ts';

/** From an offer to an open channel. */
const CONNECT_MS = 150;
/** What an element wants to have before it begins, and begins again. */
const BEGIN_SECONDS = 1;
/** How far ahead of the place being watched it reads. */
const AHEAD_SECONDS = 15;

/** A film that plays in simulated time from peers that come and go, with a link that behaves as the real one. */
export function createSimulatedFilm(options: { seconds: number; bytesPerSecond: number; seed?: number }) {
  const clock = createClock();
  const random = seeded(options.seed ?? 1);
  const pieces = Math.ceil((options.seconds * options.bytesPerSecond) / PIECE_SIZE);
  const sizeBytes = pieces * PIECE_SIZE;
  /** Those that may be offered to, whether they serve already or not. */
  const present = new Set<SimulatedPeer>();
  const serving = new Map<number, SimulatedPeer>();
  const demoted = new Set<SimulatedPeer>();
  const left: string[] = [];
  const reached: number[] = [];

  const choose = (source: number): SimulatedPeer | null => {
    const taken = new Set([...serving].filter(([other]) => other !== source).map(([, peer]) => peer));
    const able = [...present].filter((peer) => !taken.has(peer) && peer !== serving.get(source));
    const [chosen] = able.sort((one, other) => Number(demoted.has(one)) - Number(demoted.has(other)));
    return chosen ?? null;
  };
  const connect = async (source: number) => {
    await new Promise<void>((resolve) => void clock.timers.after(CONNECT_MS, resolve));
    const peer = choose(source);
    if (!peer) {
      serving.delete(source);
      throw new ChannelError('no_peer', 'no further peer has the film');
    }
    serving.set(source, peer);
    const fresh = createSimulatedPeer(clock, peer.nature, random);
    copies.set(peer, [...(copies.get(peer) ?? []), fresh]);
    return fresh.connection(sizeBytes, options.seconds);
  };
  /** A peer has a channel of its own for each connection. */
  const copies = new Map<SimulatedPeer, SimulatedPeer[]>();

  const sources = createFilmSources({
    timers: clock.timers,
    now: clock.now,
    random,
    maxSources: 6,
    connect,
    leave(source, problem) {
      left.push(`${source} ${problem}`);
      const peer = serving.get(source);
      if (peer && problem) demoted.add(peer);
      serving.delete(source);
    },
    abandon(connection, problem) {
      const peer = serving.get(0);
      if (peer && problem) demoted.add(peer);
      left.push(`0 ${problem}`);
      connection.close();
    },
  });
  const follow = async () => {
    for (;;) {
      try {
        const connection = await connect(0);
        sources.opened(connection);
        await connection.lost;
        sources.interrupted();
      } catch {
        sources.yieldPeer();
        await new Promise<void>((resolve) => void clock.timers.after(300, resolve));
      }
    }
  };

  const join = (nature: PeerNature) => {
    const peer = createSimulatedPeer(clock, nature, random);
    present.add(peer);
    return {
      /** Its connections close, and nobody is sent to it any more. */
      leave() {
        present.delete(peer);
        for (const copy of copies.get(peer) ?? []) copy.leave('left');
      },
      /** It sends nothing more, which nobody says; the platform notices in the end. */
      die() {
        for (const copy of copies.get(peer) ?? []) copy.fallSilent();
        present.delete(peer);
      },
    };
  };

  /** Plays the film to its end: the indexes that came, and the stops after it began. */
  const play = async () => {
    void follow();
    const came: number[] = [];
    const stops: number[] = [];
    let watchedBytes = 0;
    let isDone = false;
    let error: unknown = null;
    const ahead = () => came.length * PIECE_SIZE - watchedBytes;
    const read = sources.read(0, pieces);
    const fetch = async () => {
      for (let piece = await read.next(); piece; piece = await read.next()) {
        came.push(piece.index);
        while (ahead() > AHEAD_SECONDS * options.bytesPerSecond)
          await new Promise<void>((resolve) => void clock.timers.after(100, resolve));
        reached.push(clock.now());
      }
      read.close();
    };
    fetch().catch((reason: unknown) => {
      error = reason;
      isDone = true;
    });
    let isPlaying = false;
    let stoppedAt: number | null = null;
    const STEP_MS = 20;
    const watch = () => {
      if (isDone) return;
      const isAll = came.length === pieces;
      if (isPlaying && ahead() <= 0 && !isAll) {
        isPlaying = false;
        stoppedAt = clock.now();
      } else if (!isPlaying && (isAll || ahead() >= BEGIN_SECONDS * options.bytesPerSecond)) {
        isPlaying = true;
        if (stoppedAt !== null) stops.push(clock.now() - stoppedAt);
      }
      if (isPlaying) watchedBytes += (options.bytesPerSecond * STEP_MS) / 1_000;
      if (isAll && ahead() <= 0) isDone = true;
      else clock.timers.after(STEP_MS, watch);
    };
    watch();
    await clock.run(() => isDone, 20 * options.seconds * 1_000);
    sources.close();
    if (error) throw error;
    return { came, stops, pieces };
  };
  return { clock, random, join, play, sources, left };
}
