import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { createLink, type LinkStatus } from '../connection/link.ts';
import { createFilmReader } from '../film/film-reader.ts';
import type { Platform } from '../ports/platform.ts';
import { globalTimers } from '../ports/timers.ts';
import { createPlaybackSession, reportSession } from '../session/session.ts';
import type { PieceClient } from '../swarm/source.ts';
import { createSwarm, type SourceFigures } from '../swarm/swarm.ts';

/** What a read of a whole film came to. */
export interface FilmRead {
  /** Bytes that came in order, each of a verified piece. */
  bytes: number;
  /** From the first request to the last byte; with `readFilm` from the open film. */
  seconds: number;
  sources: SourceFigures[];
  /** Pieces asked for twice. */
  duplicates: number;
}

/**
 * Reads a whole film of a running platform, as fast as up to `maxSources` peers give it: it asks for all of them at once instead
 * of only as many as the film's rate needs.
 */
export async function readFilm(options: {
  platform: Platform;
  catalogId: string;
  maxSources?: number;
  deviceId?: string;
  /** Called with the bytes in order; the read goes on once it has resolved. */
  onBytes?(part: Uint8Array): void | Promise<void>;
  onStatus?(status: LinkStatus): void;
}): Promise<FilmRead> {
  const { platform, catalogId, deviceId = 'node' } = options;
  const { graphql, timers } = platform;
  const created = await createPlaybackSession(graphql, { catalogId, deviceId });
  const report = reportSession({
    graphql,
    timers,
    sessionId: created.session.id,
    position: () => 0,
    onToken: (token) => link.renewToken(token),
    onEnded() {},
  });
  const link = createLink({
    platform,
    catalogId,
    created,
    form: () => ({ rendition: 'original', startSeconds: 0 }),
    onStatus: options.onStatus ?? (() => {}),
    maxSources: options.maxSources,
    neededRate: Number.POSITIVE_INFINITY,
  });
  try {
    const film = createFilmReader(link);
    const { sizeBytes } = await film.describe();
    const since = performance.now();
    let bytes = 0;
    for await (const part of film.read(0, sizeBytes)) {
      bytes += part.byteLength;
      await options.onBytes?.(part);
    }
    const seconds = (performance.now() - since) / 1_000;
    return { bytes, seconds, sources: link.sources.figures(), duplicates: link.sources.totals().duplicates };
  } finally {
    link.close();
    await report.stop();
  }
}

/** Reads a whole film through channels that are open already, each with the original of the film opened. */
export async function readFilmFrom(options: {
  clients: readonly PieceClient[];
  sizeBytes: number;
  onBytes?(part: Uint8Array): void | Promise<void>;
}): Promise<FilmRead> {
  const { sizeBytes } = options;
  const swarm = createSwarm({ timers: globalTimers, now: () => performance.now() });
  let left = options.clients.length;
  const leave = (error: unknown) => {
    left -= 1;
    if (left === 0) swarm.fail(error, true);
  };
  const since = performance.now();
  for (const [number, client] of options.clients.entries())
    swarm.add({
      number,
      client,
      sizeBytes,
      onFailed: leave,
      onLeft: (problem) => leave(new Error(`all sources were left: ${problem}`)),
    });
  const read = swarm.read(0, Math.ceil(sizeBytes / PIECE_SIZE));
  try {
    let bytes = 0;
    for (let piece = await read.next(); piece; piece = await read.next()) {
      bytes += piece.data.byteLength;
      await options.onBytes?.(piece.data);
    }
    const seconds = (performance.now() - since) / 1_000;
    return { bytes, seconds, sources: swarm.figures(), duplicates: swarm.totals().duplicates };
  } finally {
    read.close();
  }
}
