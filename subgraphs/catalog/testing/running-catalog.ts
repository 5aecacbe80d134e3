import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createBus, type PeerMediaDescribed, resolveTopics } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { type Catalog, type CatalogDeps, createCatalog, readEnvironment } from '../src/index.ts';
import { announced, described, fileId } from './events.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

/** A catalog on SQLite with a bus of its own. */
export interface RunningCatalog extends AsyncDisposable {
  readonly bus: Bus;
  readonly catalog: Catalog;
  readonly topics: ReturnType<typeof resolveTopics>;
  readonly databaseUrl: string;
  query(document: string, variables?: object, authorization?: string): Promise<Answer>;
  /** A peer that holds a file describes it. */
  describe(facts: Partial<PeerMediaDescribed> & { file: number }): Promise<void>;
  /** A peer says what it holds. */
  announce(...args: Parameters<typeof announced>): Promise<void>;
  /** The tracker says whether files are available. */
  available(files: readonly number[], isAvailable?: boolean): Promise<void>;
  /** The value of a metric with these labels; 0 before it was counted. */
  metric(name: string, labels?: string): Promise<number>;
}

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the test asked for
  data: any;
  errors?: { message: string; extensions: { code: string } }[];
}

export async function runCatalog(
  env: Record<string, string> = {},
  deps: Pick<CatalogDeps, 'authenticator'> = {},
): Promise<RunningCatalog> {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  const topics = resolveTopics({});
  const busConfig = { kind: 'embedded' as const, path: join(folder, 'bus.sqlite') };
  const bus = await createBus({ config: busConfig, clientId: 'test', logger });
  await bus.start();
  const databaseUrl = env.DATABASE_URL ?? `file:${join(folder, 'catalog.db')}`;
  const config = readEnvironment({
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: databaseUrl,
    BUS: 'embedded',
    AUTH_MODE: 'demo',
    ...env,
  });
  const catalog = createCatalog(config, { logger, bus, ...deps });
  await catalog.start();
  return {
    bus,
    catalog,
    topics,
    databaseUrl,
    async query(query, variables = {}, authorization = '') {
      const response = await fetch(`${catalog.address().url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as Answer;
    },
    async describe(facts) {
      const value = described(facts);
      const held = announced(value.peer_id, [facts.file]);
      await bus.publish([
        { topic: topics.peerMediaDescribed, key: value.catalog_id, value },
        { topic: topics.peerCatalogUpdated, key: value.peer_id, value: held },
      ]);
    },
    async announce(...args) {
      const value = announced(...args);
      await bus.publish({ topic: topics.peerCatalogUpdated, key: value.peer_id, value });
    },
    async available(files, isAvailable = true) {
      const topic = topics.catalogAvailabilityChanged;
      const rest = {
        is_available: isAvailable,
        available_peer_count: isAvailable ? 1 : 0,
        timestamp: new Date().toISOString(),
      };
      const values = files.map((file) => ({ catalog_id: fileId(file), ...rest }));
      await bus.publish(values.map((value) => ({ topic, key: value.catalog_id, value })));
    },
    async metric(name, labels = '') {
      const metrics = await (await fetch(`${catalog.address().url}/metrics`)).text();
      return Number(new RegExp(`^${name}\\{${labels}[^}]*\\} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0);
    },
    async [Symbol.asyncDispose]() {
      await catalog.stop();
      await bus.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
