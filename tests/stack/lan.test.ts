import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { ROOT, startStack, type TestStack } from '@giggityflix/testing';
import { Bonjour } from 'bonjour-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureIssuer, ISSUER_JWKS_PATH, issueToken } from '../../stack/src/issuer.ts';
import { LAN_NAME, lanAddresses } from '../../stack/src/lan.ts';

const [address] = lanAddresses();
const directory = mkdtempSync(join(tmpdir(), 'giggityflix-lan-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('is not shared with a network where nobody has to sign in', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'stack/src/main.ts'), '--lan'], {
    env: { PATH: process.env.PATH, STACK_DATA_DIR: join(directory, 'unused') },
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('set AUTH_JWKS_URL and AUTH_ISSUER');
});

describe.skipIf(!address)('npm start -- --lan', () => {
  let stack: TestStack;
  let token: string;

  beforeAll(async () => {
    const key = ensureIssuer(directory);
    token = await issueToken(key, { userId: 'anna', roles: ['viewer'], hours: 1 });
    stack = await startStack({
      arguments: ['--lan'],
      env: {
        AUTH_JWKS_URL: pathToFileURL(join(directory, ISSUER_JWKS_PATH)).href,
        STACK_LAN_ADDRESSES: address!,
      },
    });
  });
  afterAll(() => stack?.dispose());

  /** As a browser in the network does, by a name of this machine. */
  const query = (host: string, bearer?: string) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const port = stack.ports.GATEWAY_PORT;
      const sent = request(
        {
          ...{ host: address, port, path: '/graphql', method: 'POST' },
          headers: {
            host: `${host}:${port}`,
            origin: `http://${host}:${port}`,
            'content-type': 'application/json',
            ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
          },
        },
        async (response) => {
          let body = '';
          for await (const part of response) body += part;
          resolve({ status: response.statusCode ?? 0, body });
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify({ query: '{ continueWatching { positionSeconds } }' }));
    });
  const isReached = (port: number) =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, address!);
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });

  it('answers who signs in, by its addresses and its name, and nobody else', async () => {
    for (const host of [address!, LAN_NAME]) {
      expect(JSON.parse((await query(host, token)).body)).toEqual({ data: { continueWatching: [] } });
      expect((await query(host)).body).toContain('UNAUTHENTICATED');
    }
    expect((await query('rebound.example', token)).status).toBe(403);
  });

  it('is reached at its gateway and its edge, and nowhere else', async () => {
    const { GATEWAY_PORT, EDGE_PORT, MATCHMAKER_PORT: _udp, ...others } = stack.ports;
    for (const port of [GATEWAY_PORT, EDGE_PORT]) expect(await isReached(port)).toBe(true);
    for (const port of Object.values(others)) expect(await isReached(port)).toBe(false);
  });

  it('says where it is, to people and by mDNS', async () => {
    const port = stack.ports.GATEWAY_PORT;
    await expect.poll(() => stripVTControlCharacters(stack.output())).toContain('Shared with the network');
    expect(stack.output()).toContain(`http://${LAN_NAME}:${port}`);
    // A QR code, in half blocks.
    await expect.poll(() => stack.output()).toMatch(/[▀▄█]{10}/);
    const bonjour = new Bonjour();
    const found: { host: string; port: number }[] = [];
    bonjour.find({ type: 'http' }, (service) => void found.push({ host: service.host, port: service.port }));
    await expect.poll(() => found, { timeout: 15_000 }).toContainEqual({ host: LAN_NAME, port });
    bonjour.destroy();
  });
});
