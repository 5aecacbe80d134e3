import { setImmediate } from 'node:timers/promises';
import type { Logger } from '@giggityflix/kernel';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { SqliteDatabase } from '@giggityflix/state';
import { ContentChangedError, type ContentSource } from '../content/content-source.ts';
import { ProgramError } from '../processes/program.ts';
import { FingerprintError, takeFingerprint } from './fingerprint.ts';
import type { Fingerprints, KnownEpisode } from './fingerprints.ts';
import { type Episode, markersOf } from './season.ts';

/** New episodes come several at once, and what they are of is looked up over the whole index. */
const PUMP_MS = 5_000;

/** Listens to episodes no fingerprint was taken of, one at a time, when there is nothing better to do, and compares those of a season. */
export interface AutomaticMarkers {
  /** Call when there may be new episodes. */
  pump(): void;
  stop(): Promise<void>;
}

export function createAutomaticMarkers(
  config: { enabled: boolean; ffmpegPath: string; pumpMs?: number },
  deps: {
    database: SqliteDatabase;
    fingerprints: Fingerprints;
    content: ContentSource;
    logger: Logger;
    isIdle: () => boolean;
    /** Called within the transaction that keeps what was found. */
    onMarkers: (catalogId: CatalogId) => void;
  },
): AutomaticMarkers {
  const { fingerprints, logger } = deps;
  const abort = new AbortController();
  const { signal } = abort;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let isMissing = false;

  const mayGoOn = () => !signal.aborted && !isMissing && deps.isIdle();

  async function listen({ catalogId, durationSeconds }: KnownEpisode): Promise<void> {
    const film = deps.content.lookup(catalogId);
    if (!film) return;
    try {
      const heard = { path: film.path, open: film.open, durationSeconds };
      fingerprints.put(catalogId, await takeFingerprint(heard, config.ffmpegPath, signal));
    } catch (error) {
      if (signal.aborted) return;
      const { message } = error as Error;
      const isLacking = error instanceof FingerprintError || error instanceof ProgramError;
      if (isLacking && error.isMissing) {
        isMissing = true;
        logger.warn({ reason: message }, 'intros and credits are not looked for');
        return;
      }
      // It is looked at again under whatever id it has then.
      if (error instanceof ContentChangedError) return;
      logger.info({ catalog_id: catalogId, reason: message }, 'the sound of an episode cannot be compared');
      fingerprints.put(catalogId, null);
    }
  }

  /** Compares the episodes of a season, unless the very same were compared. */
  async function compare(season: readonly KnownEpisode[]): Promise<void> {
    const names = season.map(({ catalogId, episode }) => `${episode}:${catalogId.slice(0, 16)}`).join();
    const heard = season.flatMap((known) => {
      const kept = fingerprints.get(known.catalogId);
      return kept ? [{ known, ...kept }] : [];
    });
    if (heard.every(({ compared }) => compared === names)) return;
    const episodes: (Episode & { catalogId: CatalogId })[] = heard.flatMap(({ known, fingerprint }) =>
      fingerprint ? [{ ...known, number: known.episode, fingerprint }] : [],
    );
    for (const { known, fingerprint } of heard) {
      if (!mayGoOn()) return;
      const episode = episodes.find(({ catalogId }) => catalogId === known.catalogId);
      const found = fingerprint && episode ? markersOf(episode, episodes) : [];
      const isNew = JSON.stringify(found) !== JSON.stringify(fingerprints.markers(known.catalogId));
      deps.database.transaction(() => {
        fingerprints.compared(known.catalogId, names, found);
        if (isNew) deps.onMarkers(known.catalogId);
      })();
      // Each comparison takes some milliseconds.
      await setImmediate();
    }
  }

  async function run(): Promise<void> {
    if (!mayGoOn()) return;
    fingerprints.collectGarbage();
    for (const season of fingerprints.seasons()) {
      for (const episode of season) {
        if (!mayGoOn()) return;
        if (!fingerprints.has(episode.catalogId)) await listen(episode);
      }
      if (mayGoOn()) await compare(season);
    }
  }

  function pump(): void {
    if (!config.enabled || signal.aborted || isMissing) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      if (running) return pump();
      running = run()
        .catch((error: unknown) => logger.warn({ err: error }, 'looking for intros and credits failed'))
        .finally(() => {
          running = null;
        });
    }, config.pumpMs ?? PUMP_MS);
    timer.unref();
  }

  return {
    pump,
    async stop() {
      abort.abort(new Error('the peer stops'));
      clearTimeout(timer);
      await running;
    },
  };
}
