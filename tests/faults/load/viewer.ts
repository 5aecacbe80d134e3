import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionEntry } from '../check/sessions.ts';
import type { Random } from '../random.ts';
import type { Answer, Client } from './client.ts';
import { CREATE, HEARTBEAT, PAUSE, RESUME, STOP } from './operations.ts';

export interface Viewer {
  /** Watches one film after the other until it is stopped. */
  run(): Promise<void>;
  /** Ends what plays, and begins nothing more. */
  stop(): void;
  /** Watches once more from its beginning to an acknowledged stop; answers where that was. */
  watchOnce(): Promise<{ user: string; catalogId: string; position: number } | null>;
  readonly entries: readonly SessionEntry[];
  readonly refused: number;
}

const BEAT_MS = 1_500;
const PAUSE_MS = 1_000;
/** So many seconds of the film between two heartbeats: little, or it would be watched to its end. */
const STEP_SECONDS = 0.01;
/** A request that gets no answer is repeated so often before the viewer leaves without one. */
const STOP_ATTEMPTS = 8;

/** Someone who watches the films of `catalogIds` on one device, which nobody else of the account does, and only forward. */
export function createViewer(options: {
  readonly client: Client;
  readonly user: string;
  readonly device: string;
  readonly profile: string;
  readonly catalogIds: readonly string[];
  readonly random: Random;
}): Viewer {
  const { client, user, device, profile, catalogIds, random } = options;
  const entries: SessionEntry[] = [];
  const positions = new Map<string, number>();
  let stopped = false;
  let refused = 0;

  const note = (
    kind: SessionEntry['kind'],
    answer: Answer,
    catalogId: string,
    session: SessionFields | undefined,
  ) => {
    if (answer.kind !== 'data' || !session) return null;
    const { sentAt, answeredAt } = answer;
    const position = positions.get(catalogId) ?? 0;
    entries.push({
      kind,
      sessionId: session.id,
      user,
      catalogId,
      sentAt,
      answeredAt,
      status: session.status,
      position,
    });
    return session.status;
  };
  const advance = (catalogId: string) => {
    const position = Math.round(((positions.get(catalogId) ?? 0) + STEP_SECONDS) * 100) / 100;
    positions.set(catalogId, position);
    return position;
  };
  const create = async (catalogId: string): Promise<string | null> => {
    const answer = await client.ask(CREATE, { input: { profileId: profile, catalogId, deviceId: device } });
    if (answer.kind !== 'data') return null;
    const created = answer.data.createPlaybackSession;
    if (created.__typename !== 'PlaybackSessionCreated') refused += 1;
    note('created', answer, catalogId, created.session);
    return created.session?.id ?? null;
  };
  const beat = async (sessionId: string, catalogId: string) => {
    const positionSeconds = advance(catalogId);
    const answer = await client.ask(HEARTBEAT, { sessionId, positionSeconds });
    return note(
      'heartbeat',
      answer,
      catalogId,
      answer.kind === 'data' ? answer.data.playbackHeartbeat.session : undefined,
    );
  };
  const end = async (sessionId: string, catalogId: string) => {
    for (let attempt = 0; attempt < STOP_ATTEMPTS; attempt += 1) {
      const answer = await client.ask(STOP, { sessionId });
      const status = note(
        'stopped',
        answer,
        catalogId,
        answer.kind === 'data' ? answer.data.stopPlayback.session : undefined,
      );
      // A session that has ended otherwise is answered with an error of its own.
      if (status || (answer.kind === 'failed' && ENDED.has(answer.code))) return status;
      await sleep(PAUSE_MS);
    }
    return null;
  };

  return {
    entries,
    get refused() {
      return refused;
    },
    async run() {
      while (!stopped) {
        const catalogId = random.pick(catalogIds);
        const sessionId = await create(catalogId);
        if (!sessionId) {
          await sleep(PAUSE_MS);
          continue;
        }
        const beats = random.integer(2, 8);
        for (let n = 0; n < beats && !stopped; n += 1) {
          await sleep(BEAT_MS);
          if (random.integer(1, 6) === 1) {
            await client.ask(PAUSE, { sessionId });
            await client.ask(RESUME, { sessionId });
          }
          const status = await beat(sessionId, catalogId);
          if (status && status !== 'ACTIVE' && status !== 'PAUSED') break;
        }
        // Some only close the lid: their lease ends the session.
        if (random.integer(1, 8) > 1 || stopped) await end(sessionId, catalogId);
      }
    },
    stop() {
      stopped = true;
    },
    async watchOnce() {
      for (const catalogId of random.shuffle(catalogIds)) {
        const sessionId = await create(catalogId);
        if (!sessionId) continue;
        await beat(sessionId, catalogId);
        const position = positions.get(catalogId) ?? 0;
        const status = await end(sessionId, catalogId);
        if (status === 'STOPPED') return { user, catalogId, position };
      }
      return null;
    },
  };
}

interface SessionFields {
  id: string;
  status: SessionEntry['status'];
}

const ENDED = new Set(['CONFLICT', 'SESSION_ENDED', 'NOT_FOUND', 'SESSION_NOT_FOUND']);
