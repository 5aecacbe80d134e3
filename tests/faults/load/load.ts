import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionEntry } from '../check/sessions.ts';
import { createRandom, type Random } from '../random.ts';
import { createClient } from './client.ts';
import type { Film } from './films.ts';
import type { Folders } from './folders.ts';
import { SUBSCRIBE } from './operations.ts';
import type { People } from './people.ts';
import { createPositionReader } from './positions.ts';
import { createQueries } from './queries.ts';
import { createSubscriber } from './subscriber.ts';
import { createViewer } from './viewer.ts';

/** What viewers of an installation do, and their own log of it. */
export interface Load {
  /** Ends sessions and queries; subscribers stay. */
  quieten(): Promise<void>;
  /** Lets every device watch once more; answers where each has stopped. */
  watchOnce(): Promise<{ user: string; catalogId: string; position: number }[]>;
  close(): Promise<void>;
  readonly subscribers: readonly ReturnType<typeof createSubscriber>[];
  readonly readers: readonly ReturnType<typeof createPositionReader>[];
  sessions(): SessionEntry[];
  /** Stored subscriptions that were acknowledged. */
  readonly stored: readonly { readonly id: string; readonly catalogId: string }[];
  /** One line on what was done. */
  summary(): string;
}

const CHANGE_MS = 2_000;
const STORE_MS = 4_000;
const DEVICES = 4;
const SUBSCRIBERS = 4;

export function startLoad(options: {
  readonly origin: string;
  /** Each has as many devices as exceed what it may watch at once. */
  readonly people: People;
  readonly films: readonly Film[];
  readonly folders: Folders;
  readonly seed: number;
}): Load {
  const { origin, people, films, folders } = options;
  const { users, profileOf } = people;
  const random = createRandom(options.seed);
  const catalogIds = films.map(({ catalogId }) => catalogId);
  const tokenOf = (user: string) => () => people.tokenOf(user);
  const clientOf = (user: string) => createClient(origin, tokenOf(user));
  const fork = (): Random => createRandom(random.integer(0, 2 ** 31 - 1));
  const viewers = users.flatMap((user) =>
    Array.from({ length: DEVICES }, (_, device) =>
      createViewer({
        client: clientOf(user),
        user,
        device: `${user}-device-${device}`,
        profile: profileOf(user),
        catalogIds: catalogIds.filter((_id, index) => index % DEVICES === device),
        random: fork(),
      }),
    ),
  );
  const readers = users.map((user) => createPositionReader(clientOf(user), user));
  const queries = users.map((user) => createQueries(clientOf(user), catalogIds));
  const subscribers = Array.from({ length: SUBSCRIBERS }, (_, index) =>
    createSubscriber({
      name: `subscriber-${index + 1}`,
      origin,
      token: tokenOf(users[index % users.length] as string),
      catalogIds,
    }),
  );
  const stored: { id: string; catalogId: string }[] = [];
  let quiet = false;

  const changing = (async () => {
    for (; !quiet; await sleep(CHANGE_MS)) folders.change();
  })();
  const storing = (async () => {
    const client = clientOf(users[0] as string);
    const choice = fork();
    for (; !quiet; await sleep(STORE_MS)) {
      const catalogId = choice.pick(catalogIds);
      const answer = await client.ask(SUBSCRIBE, { input: { catalogId } });
      if (answer.kind === 'data')
        stored.push({ id: answer.data.subscribeToCatalog.subscription.id, catalogId });
    }
  })();
  const running = [...viewers, ...queries, ...readers].map((one) => one.run());
  const sessions = () => viewers.flatMap(({ entries }) => entries);

  return {
    subscribers,
    readers,
    stored,
    sessions,
    async quieten() {
      quiet = true;
      for (const one of [...viewers, ...queries, ...readers]) one.stop();
      await Promise.all([changing, storing, ...running]);
    },
    async watchOnce() {
      const stops = await Promise.all(viewers.map((viewer) => viewer.watchOnce()));
      return stops.filter((stop) => stop !== null);
    },
    async close() {
      await Promise.all(subscribers.map((subscriber) => subscriber.close()));
    },
    summary() {
      const answered = queries.reduce((sum, one) => sum + one.answered, 0);
      const failed = new Map<string, number>();
      for (const one of queries)
        for (const [code, count] of one.failed) failed.set(code, (failed.get(code) ?? 0) + count);
      const failures = [...failed].map(([code, count]) => `${count} ${code}`).join(', ');
      const created = sessions().filter(({ kind }) => kind === 'created').length;
      const events = subscribers.reduce(
        (sum, { entries }) => sum + entries.filter(({ kind }) => kind === 'event').length,
        0,
      );
      const connections = subscribers.reduce((sum, one) => sum + one.connections, 0);
      return (
        `${folders.changes} changes of folders · ${answered} queries answered, not: ${failures || 'none'} · ` +
        `${created} sessions (${viewers.reduce((sum, one) => sum + one.refused, 0)} refused) · ` +
        `${events} events at ${subscribers.length} subscribers over ${connections} connections · ${stored.length} stored subscriptions`
      );
    },
  };
}
