// cspell:ignore SETUSER DELUSER WRONGPASS
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, readiness, realPostgres, realRedis, runScript } from '@giggityflix/testing';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WAIT = { timeout: 60_000, interval: 50 };
const postgres = await realPostgres();
const redis = await realRedis();
const [OLD, NEW] = ['the password of last year', 'the password of this year'];
/** Roles belong to the whole server, which other tests use. */
const name = `viewing_${randomBytes(6).toString('hex')}`;
const [FIRST, SECOND] = [`${name}_first`, `${name}_second`];

interface Answer {
  data?: object | null;
  errors?: object[];
}

/** What docs/security.md says of changing secrets, done to two processes of a service that is in use. */
describe.skipIf(postgres.skip || redis.skip)('passwords of the stores', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-secrets-'));
  const admin = new Redis({ host: redis.host, port: redis.port, lazyConnect: true });
  const running = new Map<number, ReturnType<typeof runScript>>();
  let ports: number[];

  beforeAll(async () => {
    ports = await freePorts(2);
    await sql(`CREATE ROLE ${FIRST} LOGIN PASSWORD '${OLD}'`);
    await sql(`ALTER DATABASE ${new URL(postgres.url).pathname.slice(1)} OWNER TO ${FIRST}`);
    await sql(`GRANT ALL ON SCHEMA public TO ${FIRST}`);
    await admin.connect();
    await admin.acl('SETUSER', name, 'on', `>${OLD}`, '~*', '&*', '+@all');
  });
  afterAll(async () => {
    await Promise.all([...running.values()].map((each) => each.end()));
    if (admin.status === 'ready') await admin.acl('DELUSER', name);
    admin.disconnect();
    for (const role of [FIRST, SECOND]) {
      await sql(`REASSIGN OWNED BY ${role} TO CURRENT_USER`).catch(() => {});
      await sql(`DROP OWNED BY ${role}`).catch(() => {});
      await sql(`DROP ROLE IF EXISTS ${role}`);
    }
    rmSync(directory, { recursive: true, force: true });
  });

  async function sql(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }

  async function start(port: number, role: string, password: string): Promise<void> {
    const database = new URL(postgres.url);
    Object.assign(database, { username: role, password: encodeURIComponent(password) });
    const service = runScript('subgraphs/viewing/src/main.ts', {
      HOST: '127.0.0.1',
      SERVER_PORT: String(port),
      AUTH_MODE: 'demo',
      // It is asked as quickly as it answers.
      RATE_LIMIT_USER: '0',
      BUS: 'embedded',
      BUS_PATH: join(directory, `bus-${port}.db`),
      REDIS_HOST: redis.host,
      REDIS_PORT: String(redis.port),
      REDIS_USERNAME: name,
      REDIS_PASSWORD: password,
      DATABASE_URL: database.href,
      LOG_LEVEL: 'warn',
    });
    running.set(port, service);
    await expect.poll(() => readiness(`http://127.0.0.1:${port}`), WAIT).toBe('ready');
  }

  const ask = async (port: number, query: string): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return response.json() as Promise<Answer>;
  };
  /** As a balancer does, it turns to the other process where one takes no connection. */
  const askEither = (turn: number, query: string): Promise<Answer> =>
    ask(ports[turn % 2]!, query).catch(() => ask(ports[(turn + 1) % 2]!, query));

  /** Writes to the database and reads the state store until it is ended, and says what was not answered. */
  function use() {
    // Fewer than an account may keep.
    const ids = Array.from({ length: 100 }, () => randomBytes(32).toString('hex'));
    const failures: unknown[] = [];
    let kept = 0;
    let isEnded = false;
    const done = (async () => {
      for (let turn = 0; !isEnded; turn += 1) {
        const id = ids[turn % ids.length];
        const query = `mutation { addToWatchlist(catalogId: "${id}") { keptCatalogIds } }`;
        const answers = await Promise.all([
          askEither(turn, query),
          askEither(turn + 1, '{ concurrency { activeSessions { id } } }'),
        ]).catch((error: unknown): Answer[] => [{ errors: [error as Error] }]);
        failures.push(...answers.flatMap(({ errors = [] }) => errors));
        if (answers[0]?.data) kept += 1;
      }
    })();
    return {
      kept: () => kept,
      async end() {
        isEnded = true;
        await done;
        return failures;
      },
    };
  }

  it('are changed while the service is used, without an answer that fails', {
    timeout: 240_000,
  }, async () => {
    for (const port of ports) await start(port, FIRST, OLD);
    const load = use();
    await expect.poll(load.kept, WAIT).toBeGreaterThan(5);

    await sql(`CREATE ROLE ${SECOND} LOGIN PASSWORD '${NEW}'`);
    await sql(`GRANT ${FIRST} TO ${SECOND}`);
    await admin.acl('SETUSER', name, `>${NEW}`);
    for (const port of ports) {
      await running.get(port)?.end();
      await start(port, SECOND, NEW);
    }
    await sql(`REASSIGN OWNED BY ${FIRST} TO ${SECOND}`);
    await sql(`DROP OWNED BY ${FIRST}`);
    await sql(`DROP ROLE ${FIRST}`);
    await admin.acl('SETUSER', name, `<${OLD}`);

    const soFar = load.kept();
    await expect.poll(load.kept, WAIT).toBeGreaterThan(soFar + 5);
    // One that starts now has the tables as their owner.
    await running.get(ports[0]!)?.end();
    await start(ports[0]!, SECOND, NEW);
    expect(await load.end()).toEqual([]);
    const guess = new Redis({ ...{ host: redis.host, port: redis.port }, lazyConnect: true });
    await expect(guess.connect().then(() => guess.auth(name, OLD))).rejects.toThrow('WRONGPASS');
    guess.disconnect();
  });
});
