import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createGraphQLClient,
  freePorts,
  type GraphQLTestClient,
  type NodeProcess,
  ROOT,
  readiness,
  realKafka,
  realPostgres,
  realRedis,
  runScript,
  writeNewFilm,
} from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { ensureIssuer, ISSUER_JWKS_PATH, issueToken } from '../../stack/src/issuer.ts';

const WAIT = { timeout: 30_000, interval: 100 };
const SERVICE_TOKEN = 'a-service-token-of-this-test';
const kafka = await realKafka({ dedicated: true });
const redis = await realRedis();
const postgres = await realPostgres();

/** Every service a process of its own, on Kafka, Redis and PostgreSQL, with tokens instead of the demo user. */
describe.skipIf(kafka.skip || redis.skip || postgres.skip)('a process for each service', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-production-'));
  const mediaDir = join(directory, 'media');
  const processes: NodeProcess[] = [];
  let operator: GraphQLTestClient;
  let operatorToken: string;
  let subgraphs: Record<string, string>;
  let viewer: GraphQLTestClient;
  let edgeEnvironment: Record<string, string>;
  let edge: NodeProcess;

  beforeAll(async () => {
    cpSync(join(ROOT, 'stack/sample'), mediaDir, { recursive: true });
    const [gateway, tracker, viewing, catalog, grpc, edgeHttp, peerHttp] = (await freePorts(7)).map(
      String,
    ) as [string, string, string, string, string, string, string];
    const key = await ensureIssuer(directory);
    const common = {
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      NODE_ENV: 'production',
      KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
      REDIS_HOST: redis.host,
      REDIS_PORT: String(redis.port),
      AUTH_JWKS_URL: pathToFileURL(join(directory, ISSUER_JWKS_PATH)).href,
      SERVICE_TOKENS: SERVICE_TOKEN,
      SERVICE_TOKEN,
      DATABASE_URL: postgres.url,
    };
    const url = (port: string) => `http://127.0.0.1:${port}`;
    subgraphs = {
      catalog: `${url(catalog)}/graphql`,
      tracker: `${url(tracker)}/graphql`,
      viewing: `${url(viewing)}/graphql`,
    };
    edgeEnvironment = {
      ...common,
      EDGE_ID: 'edge-of-production',
      GRPC_SERVER_ADDRESS: `127.0.0.1:${grpc}`,
      GRPC_USE_TLS: 'false',
      HTTP_PORT: edgeHttp,
      PLAYBACK_JWKS_URL: `${url(viewing)}/.well-known/jwks.json`,
    };
    processes.push(
      runScript('subgraphs/catalog/src/main.ts', { ...common, PORT: catalog }),
      runScript('subgraphs/tracker/src/main.ts', { ...common, PORT: tracker }),
      runScript('subgraphs/viewing/src/main.ts', {
        ...common,
        SERVER_PORT: viewing,
        CONTENT_SERVICE_URL: url(catalog),
        TRACKER_SERVICE_URL: url(tracker),
      }),
      runScript('gateway/src/main.ts', {
        ...common,
        PORT: gateway,
        SUBGRAPHS: Object.entries(subgraphs)
          .map(([name, address]) => `${name}=${address}`)
          .join(','),
      }),
      runScript('peer/src/main.ts', {
        HOME: directory,
        DATA_DIR: join(directory, 'peer'),
        MEDIA_DIRS: mediaDir,
        INCLUDE_EXTENSIONS: '.mp4,.webm',
        EDGE_GRPC_ADDRESS: `127.0.0.1:${grpc}`,
        GRPC_RECONNECT_INTERVAL_SEC: '1',
        HTTP_PORT: peerHttp,
        ENABLE_UPNP: 'false',
      }),
    );
    edge = runScript('edge/src/main.ts', edgeEnvironment);
    operatorToken = await issueToken(key, { userId: 'olga', roles: ['viewer', 'operator'], hours: 1 });
    operator = createGraphQLClient(url(gateway), { token: operatorToken });
    viewer = createGraphQLClient(url(gateway), {
      token: await issueToken(key, { userId: 'vera', roles: ['viewer'], hours: 1 }),
    });
    await vi
      .waitFor(async () => {
        expect(await readiness(url(gateway))).toBe('ready');
      }, WAIT)
      .catch((error) => {
        throw new Error([...processes, edge].map((item) => item.output().slice(-2_000)).join('\n'), {
          cause: error,
        });
      });
  });

  afterAll(async () => {
    await Promise.all([operator?.close(), viewer?.close()]);
    await Promise.all([...processes, edge].map((item) => item?.end()));
    rmSync(directory, { recursive: true, force: true });
  });

  async function availableTitles(): Promise<string[]> {
    const { data } = await viewer.request('BrowseTitles', { first: 50, filter: { available: true } });
    return (data?.titles.edges ?? []).map((edge: { node: { name: string } }) => edge.node.name).sort();
  }

  async function peers(): Promise<{ state: string; connectedAt: string }[]> {
    const { data } = await operator.request('Peers', { first: 10 });
    return (data?.peers.edges ?? []).map(
      (item: { node: { state: string; connectedAt: string } }) => item.node,
    );
  }

  it('brings a peer’s films through edge, Kafka, catalog and tracker to the gateway', async () => {
    await expect.poll(availableTitles, WAIT).toEqual(['Counting Seconds', 'Moving Shapes']);
  });

  it.each(['catalog', 'tracker', 'viewing'])(
    'the %s subgraph answers the gateway and backends alone',
    async (name) => {
      const address = subgraphs[name]!;
      const ask = async (headers: Record<string, string>) => {
        const response = await fetch(address, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: '{"query":"{__typename}"}',
        });
        return response.status;
      };
      expect(await ask({})).toBe(403);
      expect(await ask({ authorization: `Bearer ${operatorToken}` })).toBe(403);
      expect(await ask({ 'x-service-token': operatorToken })).toBe(403);
      expect(await ask({ authorization: `Bearer ${SERVICE_TOKEN}` })).toBe(200);
      const socket = new WebSocket(address.replace('http', 'ws'), 'graphql-transport-ws');
      await expect(once(socket, 'open')).rejects.toThrow('403');
    },
  );

  it('notifies a subscriber of a new film, by name', async () => {
    const outside = join(directory, 'outside.mp4');
    writeNewFilm(outside);
    const catalogId = execFileSync(join(ROOT, 'node_modules/.bin/giggityflix-peer'), ['id', outside], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s/)[0]!;
    const live = await viewer.subscribe('CatalogAvailability', { catalogIds: [catalogId] });
    cpSync(outside, join(mediaDir, 'Through The Broker (2020).mp4'));
    await expect.poll(() => live.events.length, WAIT).toBe(1);
    expect(live.events[0]).toMatchObject({
      data: {
        catalogAvailabilityChanged: { isAvailable: true, file: { title: { name: 'Through The Broker' } } },
      },
    });
    rmSync(join(mediaDir, 'Through The Broker (2020).mp4'));
    await expect.poll(() => live.events.length, WAIT).toBe(2);
    live.close();
  });

  it('lets an operator see and command peers, and nobody else', async () => {
    const { data } = await operator.request('Peers', { first: 10 });
    const [peer] = data.peers.edges;
    expect(peer.node).toMatchObject({ state: 'CONNECTED', edgeId: 'edge-of-production', catalogSize: 2 });
    expect((await viewer.request('Peers', { first: 10 })).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');

    const { data: titles } = await viewer.request('BrowseTitles', { first: 1, filter: { available: true } });
    const { catalogId } = titles.titles.edges[0].node.files[0];
    const answer = await operator.request(
      'mutation ($input: RequestFileHashInput!) { requestFileHash(input: $input) { hashes { algorithm value } error { message } } }',
      { input: { peerId: peer.node.id, catalogId, algorithms: ['md5'] } },
    );
    expect(answer.data?.requestFileHash).toMatchObject({
      error: null,
      hashes: [{ algorithm: 'md5', value: expect.stringMatching(/^[0-9a-f]{32}$/) }],
    });
  });

  it('refuses to open a session for an account nobody knows', async () => {
    const { data: titles } = await viewer.request('BrowseTitles', { first: 1, filter: { available: true } });
    const { catalogId } = titles.titles.edges[0].node.files[0];
    const { data } = await viewer.request('CreatePlaybackSession', {
      input: { profileId: 'p', catalogId, deviceId: 'd' },
    });
    expect(data.createPlaybackSession.__typename).toBe('NotEntitled');
  });

  it('is right again after the edge was killed', async () => {
    const before = await peers();
    await edge.end('SIGKILL');
    edge = runScript('edge/src/main.ts', edgeEnvironment);
    await expect
      .poll(
        async () =>
          (await peers()).map(({ connectedAt, state }) => ({
            state,
            isNew: connectedAt !== before[0]?.connectedAt,
          })),
        WAIT,
      )
      .toEqual([{ state: 'CONNECTED', isNew: true }]);
    await expect.poll(availableTitles, WAIT).toEqual(['Counting Seconds', 'Moving Shapes']);
  });

  it('stops every process with status 0', async () => {
    const statuses = await Promise.all([...processes, edge].map((item) => item.end('SIGTERM')));
    expect(
      statuses.map((status, index) =>
        status === 0 ? 0 : [...processes, edge][index]?.output().slice(-2_000),
      ),
    ).toEqual(statuses.map(() => 0));
  });
});
