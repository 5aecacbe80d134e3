import { mkdirSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { invitationLink, newInvitationCode } from '@giggityflix/proto/invitation';
import { freePorts } from '@giggityflix/testing';
import { expect, it, onTestFinished } from 'vitest';
import { startFakeEdge } from '../../testing/fake-edge.ts';
import { silent, temporaryDir, testEnvironment } from '../../testing/harness.ts';
import { readEnvironment } from '../environment.ts';
import { createPeer, type Peer } from '../service.ts';
import type { OwnerSettings } from './owner.ts';

/** Reading takes threads, which a busy machine starts slowly. */
const WAIT = { timeout: 40_000 };

/** A peer that nobody has set up, and its page. */
async function setUp(overrides: Record<string, string> = {}) {
  const dir = temporaryDir();
  const [port] = (await freePorts(1)) as [number];
  const { MEDIA_DIRS: _, ...common } = testEnvironment(dir, { HTTP_PORT: String(port) });
  const variables = Object.fromEntries(
    Object.entries({ ...common, ...overrides }).filter(([, value]) => value !== ''),
  );
  let peer: Peer;
  const start = async () => {
    peer = createPeer(readEnvironment(variables), { logger: silent });
    await peer.start();
  };
  await start();
  onTestFinished(() => peer.stop());
  const url = `http://127.0.0.1:${port}`;
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/api/owner/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as OwnerSettings };
  };
  const settings = async () => (await (await fetch(`${url}/api/owner/settings`)).json()) as OwnerSettings;
  const restart = async () => {
    await peer.stop();
    await start();
  };
  return { dir, url, port, post, settings, restart, status: () => peer.status() };
}

/** Null while the page begins anew. */
const orNull = <T>(read: () => Promise<T>) => read().catch(() => null);

it('shares the folders that its owner adds in the page, and no longer those removed', {
  timeout: 120_000,
}, async () => {
  const { dir, post, settings, status, restart } = await setUp();
  expect(status()).toMatchObject({ missing: [expect.stringContaining('no folder is shared')] });
  const films = join(dir, 'films');
  mkdirSync(films);
  writeFileSync(join(films, 'A Film (2020).mp4'), 'some bytes');
  expect((await post('folders/add', { path: films })).status).toBe(200);
  const folders = () => orNull(async () => (await settings()).folders);
  const shared = [{ path: films, shared: 1, others: 0, bytes: 10, problem: null }];
  await expect.poll(folders, WAIT).toEqual(shared);
  await restart();
  await expect.poll(folders, WAIT).toEqual(shared);
  expect((await post('folders/remove', { path: films })).status).toBe(200);
  await expect.poll(folders, WAIT).toEqual([]);
  await expect.poll(() => orNull(async () => status().library.shared.files), WAIT).toBe(0);
});

it.each([
  ['folders/add', { path: '/no/such/folder' }, 409],
  ['folders/add', { path: 'relative' }, 409],
  ['folders/add', {}, 400],
  ['folders/remove', { path: '/not/listed' }, 409],
  ['bandwidth', { limitKbps: -1 }, 400],
  ['bandwidth', { limitKbps: 1, hours: [{ from: 24, until: 3, limitKbps: 1 }] }, 400],
  ['deletion', { rule: 'perhaps' }, 400],
  ['deletions/decide', { requestId: 'none', approve: true }, 409],
  ['join', { invitation: 'no invitation' }, 409],
])('says what is wrong with %s %j, and changes nothing', async (path, body, status) => {
  const { post, settings } = await setUp();
  const before = await settings();
  const answer = await post(path, body);
  expect(answer).toMatchObject({ status, body: { detail: expect.any(String) } });
  expect(await settings()).toEqual(before);
});

it('leaves the edge while its owner pauses it, after a restart too, and comes back', async () => {
  const edge = await startFakeEdge();
  onTestFinished(() => edge.stop());
  const { post, restart, status } = await setUp({ EDGE_GRPC_ADDRESS: edge.address });
  await expect.poll(() => status().edge.state).toBe('connected');
  expect((await post('pause', { paused: true })).body.paused).toBe(true);
  await expect.poll(() => status().edge.state).toBe('paused');
  await restart();
  await expect.poll(() => status().edge.state).toBe('paused');
  expect(edge.connections).toBe(1);
  await post('pause', { paused: false });
  await expect.poll(() => status().edge.state).toBe('connected');
});

it('joins by the link that is pasted into the page', async () => {
  const edge = await startFakeEdge();
  onTestFinished(() => edge.stop());
  const { post, status } = await setUp({ EDGE_GRPC_ADDRESS: '' });
  const code = newInvitationCode();
  const invitation = invitationLink(code, { edges: [edge.address], tls: false, authority: null });
  expect((await post('join', { invitation })).status).toBe(200);
  await expect.poll(() => status().edge.state).toBe('connected');
  expect(edge.enrolmentTokens).toEqual([code]);
});

it('keeps limits for hours, and the rule for deletions', async () => {
  const { post, settings, restart } = await setUp();
  const bandwidth = { limitKbps: 0, hours: [{ from: 0, until: 24, limitKbps: 2_000 }] };
  expect((await post('bandwidth', bandwidth)).body.bandwidth).toEqual({ ...bandwidth, nowKbps: 2_000 });
  expect((await post('deletion', { rule: 'ask' })).body.deletion).toBe('ask');
  await restart();
  expect(await settings()).toMatchObject({ deletion: 'ask', bandwidth: { nowKbps: 2_000 } });
});

it('says which variable decides, and lets the page change nothing of it', async () => {
  const { post, settings } = await setUp({
    MEDIA_DIRS: '/films/of/nobody',
    WEBRTC_MAX_BANDWIDTH_KBPS: '3000',
    ALLOW_REMOTE_DELETE: 'false',
  });
  expect(await settings()).toMatchObject({
    fixedBy: {
      bandwidth: 'WEBRTC_MAX_BANDWIDTH_KBPS',
      deletion: 'ALLOW_REMOTE_DELETE',
      folders: 'MEDIA_DIRS',
    },
    bandwidth: { limitKbps: 3_000, hours: [], nowKbps: 3_000 },
    deletion: 'refuse',
  });
  for (const [path, body] of [
    ['bandwidth', { limitKbps: 1 }],
    ['folders/add', { path: '/tmp' }],
    ['deletion', { rule: 'allow' }],
  ] as const)
    expect(await post(path, body)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('is set where the peer is started') },
    });
});

it('is for pages of its own, and for the machine it runs on, wherever it listens', async () => {
  const { url, post, port, settings } = await setUp({ HTTP_HOST: '0.0.0.0' });
  expect((await post('pause', { paused: true }, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await post('pause', { paused: true }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  const asForm = { method: 'POST', body: '{"paused":true}', headers: { 'content-type': 'text/plain' } };
  expect((await fetch(`${url}/api/owner/pause`, asForm)).status).toBe(400);
  expect((await settings()).paused).toBe(false);
  const address = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  if (address === undefined) return;
  expect((await fetch(`http://${address}:${port}/api/status`)).status).toBe(200);
  for (const path of ['settings', 'history', 'deletions'])
    expect((await fetch(`http://${address}:${port}/api/owner/${path}`)).status).toBe(403);
});
