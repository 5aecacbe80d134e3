import { createSocket } from 'node:dgram';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePorts,
  ROOT,
  requirePrometheus,
  samplesShared,
  spawnGuarded,
  startStack,
  type TestStack,
  untilServing,
} from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const FOLDER = join(ROOT, 'deploy/dashboards');
const prometheus = requirePrometheus();
/** What Grafana makes of it at this scrape interval, generously. */
const RATE_INTERVAL = '2m';
/** A STUN binding request (RFC 8489) without attributes. */
const STUN_REQUEST = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');
const WAIT = { timeout: 120_000, interval: 500 };

interface Dashboard {
  title: string;
  uid: string;
  panels: { title: string; targets: { expr: string }[] }[];
}

const dashboards = readdirSync(FOLDER).map((file) => ({
  name: file.replace(/\.json$/, ''),
  ...(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Dashboard),
}));
const folder = mkdtempSync(join(tmpdir(), 'giggityflix-dashboards-'));
const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
let stack: TestStack;
let prometheusUrl: string;

beforeAll(async () => {
  if (prometheus.skip) return;
  stack = await startStack();
  stops.push(() => stack.dispose());
  const identityPort = await startIdentity();
  const { ports } = stack;
  const targets = [
    ...[ports.GATEWAY_PORT, ports.TRACKER_PORT, ports.VIEWING_PORT, ports.CATALOG_PORT, ports.EDGE_HTTP_PORT],
    ...[ports.MATCHMAKER_HTTP_PORT, ports.PEER_HTTP_PORT, identityPort],
  ];
  prometheusUrl = await startPrometheus(targets.map((port) => `127.0.0.1:${port}`));
  await samplesShared(stack);
}, 240_000);
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** Started by itself, as the all-in-one asks nobody to sign in. */
async function startIdentity(): Promise<number> {
  const [port] = (await freePorts(1)) as [number];
  const identity = spawnGuarded(process.execPath, ['subgraphs/identity/src/main.ts'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(port),
      AUTH_ISSUER: `http://localhost:${port}`,
      BUS: 'embedded',
      BUS_PATH: join(folder, 'bus.db'),
      DATABASE_URL: `file:${join(folder, 'identity.db')}`,
    },
  });
  stops.push(() => identity.stop());
  await untilServing('identity', identity, () => answers(`http://127.0.0.1:${port}/ready`), 120_000);
  return port;
}

async function startPrometheus(targets: readonly string[]): Promise<string> {
  const [port] = (await freePorts(1)) as [number];
  const config = join(folder, 'prometheus.json');
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '2s' },
      rule_files: [join(ROOT, 'deploy/rules.yaml')],
      scrape_configs: [{ job_name: 'giggityflix', static_configs: [{ targets }] }],
    }),
  );
  const server = spawnGuarded(prometheus.path, [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  stops.push(() => server.stop());
  const url = `http://127.0.0.1:${port}`;
  await untilServing('Prometheus', server, () => answers(`${url}/-/ready`), 120_000);
  return url;
}

async function answers(url: string): Promise<void> {
  const { status } = await fetch(url);
  if (status !== 200) throw new Error(`${url} answers ${status}`);
}

/** What an evening brings: someone looks around, watches, and an operator asks a peer for something. */
async function use(): Promise<void> {
  const { client, ports } = stack;
  const { data: films } = await client.request('BrowseTitles', { first: 1, filter: { available: true } });
  const { catalogId } = films.titles.edges[0].node.files[0];
  const { data: sharing } = await client.request('{ peers(first: 1) { edges { node { id } } } }');
  await client.request(
    'mutation ($input: RequestFileHashInput!) { requestFileHash(input: $input) { requestId } }',
    { input: { peerId: sharing.peers.edges[0].node.id, catalogId, algorithms: ['md5'] } },
  );
  const { data } = await client.request('CreatePlaybackSession', {
    input: { profileId: 'main', catalogId, deviceId: 'tv' },
  });
  const sessionId = data.createPlaybackSession.session?.id;
  await client.request('PlaybackHeartbeat', { sessionId, positionSeconds: 12 });
  await client.request(
    'mutation ($id: ID!, $signal: PlaybackSignalInput!) { sendPlaybackSignal(sessionId: $id, signal: $signal) { __typename } }',
    { id: sessionId, signal: { candidate: { candidate: '' } } },
  );
  await client.request('mutation ($id: ID!) { stopPlayback(sessionId: $id) { session { id } } }', {
    id: sessionId,
  });
  await fetch(`http://127.0.0.1:${ports.VIEWING_PORT}/.well-known/jwks.json`);
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.send(STUN_REQUEST, ports.MATCHMAKER_PORT, '127.0.0.1', resolve));
  socket.close();
}

/** Whether the query has a result now. */
async function hasSeries(expr: string): Promise<boolean> {
  const query = new URLSearchParams({ query: expr.replaceAll('$__rate_interval', RATE_INTERVAL) });
  const response = await fetch(`${prometheusUrl}/api/v1/query?${query}`);
  const { status, data, error } = (await response.json()) as {
    status: string;
    data?: { result: unknown[] };
    error?: string;
  };
  if (status !== 'success') throw new Error(`${expr}: ${error}`);
  return (data?.result.length ?? 0) > 0;
}

describe.skipIf(prometheus.skip)('the dashboards', () => {
  it('are one for each kind of process, and one for the loop', () => {
    expect(dashboards.map(({ name }) => name).sort()).toEqual(
      ['catalog', 'edge', 'gateway', 'identity', 'loop', 'matchmaker', 'peer', 'tracker', 'viewing'].sort(),
    );
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  });

  it('have series in every panel, once the services are used', async () => {
    const queries = dashboards.flatMap(({ name, panels }) =>
      panels.flatMap(({ title, targets }) => targets.map(({ expr }) => `${name} / ${title}: ${expr}`)),
    );
    let empty = queries;
    await expect
      .poll(async () => {
        await use();
        const found = await Promise.all(
          empty.map((query) => hasSeries(query.slice(query.indexOf(': ') + 2))),
        );
        empty = empty.filter((_, index) => !found[index]);
        return empty;
      }, WAIT)
      .toEqual([]);
  }, 180_000);
});
