import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBus, resolveTopics } from '@giggityflix/bus';
import { createLogger, type Service } from '@giggityflix/kernel';
import { freePorts } from '@giggityflix/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';
import { createHub, readHubServices } from './hub.ts';
import { planProcesses } from './plan.ts';

const directory = mkdtempSync(join(tmpdir(), 'giggityflix-hub-'));
const [gatewayPort, trackerPort, viewingPort, catalogPort] = (await freePorts(4)).map(String);
const given = {
  STACK_DATA_DIR: directory,
  GATEWAY_PORT: gatewayPort,
  TRACKER_PORT: trackerPort,
  VIEWING_PORT: viewingPort,
  CATALOG_PORT: catalogPort,
  LOG_LEVEL: 'silent',
};
const plan = planProcesses(readEnvironment(given)).find(({ name }) => name === 'hub')!;

let hub: Service;
beforeAll(async () => {
  const config = readEnvironment({ ...given, ...plan.environment });
  hub = await createHub(config, readHubServices(config));
  await hub.start();
});
afterAll(async () => {
  await hub.stop();
  rmSync(directory, { recursive: true });
});

it('reports at the gateway’s port what the bus of its services does', async () => {
  const edge = await createBus({
    config: { kind: 'embedded', path: plan.environment.BUS_PATH! },
    clientId: 'edge',
    logger: createLogger({ service: 'edge', level: 'silent' }),
  });
  await edge.start();
  await edge.publish({
    topic: resolveTopics({}).peerConnectionEstablished,
    key: 'peer-1',
    value: {
      peer_id: 'peer-1',
      edge_id: 'edge-1',
      connection_id: '018f0000-0000-7000-8000-000000000000',
      catalog_ids: [],
      timestamp: new Date().toISOString(),
    },
  });
  await edge.stop();
  const metrics = async () => (await fetch(`http://127.0.0.1:${gatewayPort}/metrics`)).text();
  await expect
    .poll(metrics)
    .toMatch(/^bus_handle_seconds_count\{(?=.*service="hub").*topic="peer\.connection\.established".*\} 1$/m);
  expect(await metrics()).toMatch(/^process_cpu_seconds_total\{service="gateway"\}/m);
});
