import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Availability,
  checkAvailability,
  differences,
  type Observation,
  rightAfterMs,
} from './check/availability.ts';
import { type BusRecord, checkEvents } from './check/events.ts';
import { checkPositions } from './check/positions.ts';
import { checkProcesses, checkResources, type Health, type Reading } from './check/processes.ts';
import { checkAdmission, checkEnds, checkSlots } from './check/sessions.ts';
import { belief, checkSubscribers } from './check/subscribers.ts';
import type { Violation } from './check/violation.ts';
import { type Installation, named } from './kinds/fault.ts';
import { createClient } from './load/client.ts';
import type { Folders } from './load/folders.ts';
import type { Load } from './load/load.ts';
import { AVAILABILITY, CONCURRENCY } from './load/operations.ts';
import type { People } from './load/people.ts';
import { readProcesses } from './readings.ts';

/** After the last fault was healed, availability is the truth within this time. */
export const RIGHT_WITHIN_MS = 60_000;
/** Wrong for longer than it may be, it is still observed, to say whether it ever becomes right. */
const OBSERVED_MS = 180_000;
const LOOK_MS = 1_000;
/** So long it has to stay right. */
const STAYS_MS = 5_000;
/** A lease of 90 s, and the time until its end is on the bus. */
const LEASES_MS = 180_000;
const PATIENCE_MS = 60_000;
const ALLOWANCE = { growth: 1.5, bytes: 120e6, descriptors: 60 };
/** What is read of the bus; dead letters are read of every topic. */
const READ = ['playback.events', 'catalog.subscription.matched', 'catalog.availability.changed'];

/** Lets an installation come to rest after its faults and checks what it says against what is known to be true. */
export async function settle(options: {
  readonly installation: Installation;
  readonly load: Load;
  readonly people: People;
  readonly folders: Folders;
  readonly before: readonly Reading[];
  readonly lastHealAt: number;
  readonly note: (what: string) => void;
}): Promise<{ violations: Violation[]; figures: string[] }> {
  const { installation, load, people, folders, note } = options;
  const { cluster, kcat, supervisor } = installation;
  const quietening = load.quieten();
  const truth = folders.truth();
  const catalogIds = [...truth.keys()];
  const gateways = named(cluster, ['gateway']);
  const [user] = people.users as [string];

  const observations: Observation[] = [];
  const observe = async (gateway: string) => {
    const answer = await createClient(cluster.url(gateway), () => people.tokenOf(user)).ask(AVAILABILITY, {
      catalogIds,
    });
    const files =
      answer.kind === 'data'
        ? new Map<string, Availability>(
            answer.data.catalogAvailability.map((file: Availability & { catalogId: string }) => [
              file.catalogId,
              file,
            ]),
          )
        : null;
    const observation = { gateway, at: answer.answeredAt - options.lastHealAt, files };
    observations.push(observation);
    return differences(truth, files).length === 0;
  };
  let rightSince = 0;
  await until(OBSERVED_MS, async () => {
    const right = (await Promise.all(gateways.map(observe))).every(Boolean);
    rightSince = right ? rightSince || Date.now() : 0;
    return right && Date.now() - rightSince >= STAYS_MS;
  });
  const rightAfter = rightAfterMs(truth, observations);
  if (rightAfter !== null) note(`availability is the truth after ${(rightAfter / 1_000).toFixed(1)} s`);
  else for (const what of differences(truth, observations.at(-1)?.files ?? null)) note(what);

  await quietening;
  const stoppedAt = await load.watchOnce();
  await until(PATIENCE_MS, async () => {
    const answered = await Promise.all(load.readers.map((reader) => reader.read()));
    return (
      answered.every(Boolean) &&
      checkPositions({ reads: load.readers.flatMap(({ reads }) => reads), stoppedAt }).length === 0
    );
  });
  note(`${stoppedAt.length} devices have watched once more`);

  let streams = new Map<string, number | null>();
  let maxStreams = 0;
  await until(LEASES_MS, async () => {
    streams = new Map();
    for (const account of people.users) {
      const answer = await createClient(cluster.balancerUrl, () => people.tokenOf(account)).ask(CONCURRENCY);
      streams.set(account, answer.kind === 'data' ? answer.data.concurrency.activeStreamCount : null);
      if (answer.kind === 'data') maxStreams = answer.data.concurrency.maxConcurrentStreams;
    }
    return [...streams.values()].every((count) => count === 0);
  });
  note('leases are over');

  await until(PATIENCE_MS, async () =>
    load.subscribers.every(({ entries }) => {
      const believed = belief(entries);
      return [...truth].every(([id, holders]) => (believed.get(id)?.peerCount ?? 0) === holders.size);
    }),
  );
  let health: Health[] = [];
  await until(PATIENCE_MS, async () => {
    health = await Promise.all(
      cluster.processes.map(async (process) => ({
        name: process.name,
        isRunning: process.isRunning,
        isReady: await process.ready().catch(() => false),
      })),
    );
    return health.every(({ isReady }) => isReady);
  });
  const after = readProcesses(cluster);

  const sessions = load.sessions();
  const storedSubscriptions = load.stored
    .filter(({ catalogId }) => (truth.get(catalogId)?.size ?? 0) > 0)
    .map(({ id }) => id);
  const eventsOf = async () =>
    checkEvents({ records: await readBus(kcat), sessions, truth, storedSubscriptions });
  let events = await eventsOf();
  await until(PATIENCE_MS, async () => {
    if (events.length > 0) events = await eventsOf();
    return events.length === 0;
  });

  return {
    figures: [
      rightAfter === null
        ? 'availability never became right'
        : `availability right ${(rightAfter / 1_000).toFixed(1)} s after the last heal`,
      `account limit ${maxStreams}; ${sessions.length} answers about sessions checked`,
    ],
    violations: [
      ...checkAvailability({ truth, gateways, observations, withinMs: RIGHT_WITHIN_MS }),
      ...checkAdmission({ entries: sessions, maxStreams }),
      ...checkEnds(sessions),
      ...checkSlots(streams),
      ...checkPositions({ reads: load.readers.flatMap(({ reads }) => reads), stoppedAt }),
      ...checkSubscribers(truth, load.subscribers),
      ...events,
      ...checkProcesses({ exits: supervisor.exits, health }),
      ...checkResources({ before: options.before, after, allowance: ALLOWANCE }),
    ],
  };
}

async function readBus(kcat: Installation['kcat']): Promise<BusRecord[]> {
  const { topics } = await kcat.metadata();
  const names = topics.map(({ topic }) => topic);
  const wanted = names.filter((topic) => READ.includes(topic) || topic.endsWith('.deadletter'));
  const records: BusRecord[] = [];
  for (const topic of wanted)
    for (const { headers, payload } of await kcat.read(topic))
      records.push({ topic, headers, value: topic.endsWith('.deadletter') ? payload : JSON.parse(payload) });
  return records;
}

/** Asks again and again until it is so, or the time is over. */
async function until(limitMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await isSo()) && Date.now() < deadline) await sleep(LOOK_MS);
}
