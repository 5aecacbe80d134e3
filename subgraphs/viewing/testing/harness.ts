import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBus } from '@giggityflix/bus';
import { createLogger, type RawEnvironment } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import type { Availability, ServingPeer } from '../src/availability/availability.ts';
import { readEnvironment } from '../src/environment.ts';
import { createMemoryHistory } from '../src/history/history.memory.ts';
import { createViewing, type ViewingDeps } from '../src/service.ts';

export const MEDIA_FILE = 'a'.repeat(64);
export const FILE_WITHOUT_PEER = 'b'.repeat(64);

export const PEERS: ServingPeer[] = [1, 2, 3].map((n) => ({
  peerId: `peer-${n}`,
  edgeId: 'edge-1',
  connectionId: `0199aaaa-0000-7000-8000-00000000000${n}`,
}));

/** One file that {@link PEERS} have, and one that is known but that no peer has. */
export function fakeAvailability(): Availability {
  return {
    check: async (id) => (id === MEDIA_FILE ? 'available' : id === FILE_WITHOUT_PEER ? 'no_peer' : 'unknown'),
    choosePeer: async (_id, excluded) => PEERS.find((peer) => !excluded.includes(peer.peerId)) ?? null,
    durationOf: async () => 100,
    close: async () => {},
  };
}

/** The whole service on an ephemeral port, on embedded adapters in a folder of its own. */
export async function startViewing(env: RawEnvironment = {}, deps: Partial<ViewingDeps> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'viewing-'));
  const logger = createLogger({ service: 'viewing', level: 'silent' });
  const config = readEnvironment({
    HOST: '127.0.0.1',
    SERVER_PORT: '0',
    AUTH_MODE: 'demo',
    UNKNOWN_ACCOUNTS: 'entitle',
    BUS: 'embedded',
    BUS_PATH: join(folder, 'bus.db'),
    STATE: 'embedded',
    STATE_PATH: join(folder, 'viewing.db'),
    DATABASE_URL: `file:${join(folder, 'history.db')}`,
    RATE_LIMIT_USER: '0',
    RATE_LIMIT_ADDRESS: '0',
    ...env,
  });
  const bus = await createBus({ config: config.bus, clientId: 'viewing', logger });
  const history = createMemoryHistory();
  await bus.start();
  const viewing = createViewing(config, {
    logger,
    bus,
    history,
    availability: fakeAvailability(),
    metrics: createMetrics('viewing', { processMetrics: false }),
    ...deps,
  });
  await viewing.start();
  const { url } = viewing.address();
  return {
    viewing,
    bus,
    config,
    history,
    url,
    folder,
    /** A REST call; the answer's status and parsed body. */
    async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
    },
    async graphql(
      query: string,
      variables: Record<string, unknown> = {},
      headers: Record<string, string> = {},
    ) {
      const answer = await this.call('POST', '/graphql', { query, variables }, headers);
      return answer.body as {
        // biome-ignore lint/suspicious/noExplicitAny: tests read answers by their shape
        data: any;
        errors?: { message: string; extensions: Record<string, unknown> }[];
      };
    },
    async stop() {
      await viewing.stop();
      await bus.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type RunningViewing = Awaited<ReturnType<typeof startViewing>>;
