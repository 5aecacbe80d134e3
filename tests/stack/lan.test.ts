import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { lanAddresses } from '@giggityflix/kernel/lan-addresses';
import { freePorts, ROOT, startStack, type TestStack } from '@giggityflix/testing';
import { Bonjour } from 'bonjour-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureIssuer, ISSUER_JWKS_PATH, issueToken } from '../../stack/src/issuer.ts';
import { LAN_NAME } from '../../stack/src/lan.ts';

const [address] = lanAddresses();
const directory = mkdtempSync(join(tmpdir(), 'giggityflix-lan-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('is not shared with a network where nobody has to sign in', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'stack/src/main.ts'), '--lan'], {
    env: { PATH: process.env.PATH, STACK_DATA_DIR: join(directory, 'unused'), AUTH_MODE: 'demo' },
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('set AUTH_MODE to jwt');
});

it.each([
  ['a certificate without its key', ['--tls-cert', 'a.crt'], /go together/],
  ['two ways to a certificate', ['--https', '--domain', 'films.example.org'], /choose one/],
  ['a domain of a local network', ['--domain', 'nas.local'], /use --https/],
  [
    'a certificate that is not there',
    ['--tls-cert', '/no.crt', '--tls-key', '/no.key'],
    /cannot read .*no\.crt/,
  ],
])('does not start with %s', (_what, given, message) => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'stack/src/main.ts'), ...given], {
    env: { PATH: process.env.PATH, STACK_DATA_DIR: join(directory, 'unused') },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
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

  it('lets a machine of the network join by itself, once its owner approves', async () => {
    const operator = await issueToken(ensureIssuer(directory), {
      userId: 'olga',
      roles: ['operator'],
      hours: 1,
    });
    const REQUEST = 'mutation { requestPeerInvitation(input: { name: "Attic" }) { link } }';
    const ask = async (query: string, token: string | null = operator) =>
      (await stack.client.request(query, {}, token ? { token } : {})).data;
    const members = async () =>
      (
        await ask('{ peerMembers(first: 10) { edges { node { peerId membership } } } }')
      ).peerMembers.edges.map(({ node }: { node: { peerId: string; membership: string } }) => node);
    const known = await members();
    const dataDir = join(directory, 'peer');
    const [port] = await freePorts(1);
    const env = {
      PATH: process.env.PATH,
      HOME: directory,
      DATA_DIR: dataDir,
      HTTP_PORT: String(port),
      GRPC_RECONNECT_INTERVAL_SEC: '1',
    };
    const program = join(ROOT, 'peer/src/main.ts');
    const { link } = (await ask(REQUEST, null)).requestPeerInvitation;
    const joined = spawnSync(process.execPath, [program, 'join', link], {
      env,
      encoding: 'utf8',
    });
    expect([joined.status, joined.stderr]).toEqual([0, '']);
    const peer = spawn(process.execPath, [program], { env, stdio: 'ignore' });
    try {
      const found = () =>
        members().then((all: { peerId: string; membership: string }[]) =>
          all.find(({ peerId }) => !known.some((one: { peerId: string }) => one.peerId === peerId)),
        );
      await expect.poll(async () => (await found())?.membership, { timeout: 20_000 }).toBe('PENDING');
      const { peerId } = (await found())!;
      await ask(`mutation { approvePeer(peerId: "${peerId}") { member { membership } } }`);
      await expect.poll(async () => (await found())?.membership).toBe('APPROVED');
    } finally {
      peer.kill('SIGKILL');
    }
  }, 60_000);

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

describe.skipIf(!address)('npm start -- --lan, with nothing set beforehand', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startStack({ arguments: ['--lan'], env: { STACK_LAN_ADDRESSES: address! } });
  });
  afterAll(() => stack?.dispose());
  const links = () => [
    ...new Set(stripVTControlCharacters(stack.output()).match(/http:\/\/\S+\/invitation\/[\w-]+/g)),
  ];
  const issuer = () => `http://${address}:${stack.ports.IDENTITY_PORT}`;
  const open = (link: string) => fetch(link).then(async (page) => [page.status, await page.text()]);

  it('runs an identity service, to which the page leads', async () => {
    const discovered = await fetch(`${issuer()}/.well-known/openid-configuration`);
    expect(await discovered.json()).toMatchObject({ issuer: issuer() });
    const page = await fetch(`${stack.origin}/sign-in.json`);
    expect(await page.json()).toMatchObject({ signIn: { issuer: issuer(), clientId: 'giggityflix-page' } });
  });

  it('shows a link by which the owner sets it up, a new one with each start until it was used', async () => {
    await expect.poll(() => stack.output()).toContain('to become the owner');
    const [first = ''] = links();
    expect(first).toContain(`${issuer()}/invitation/`);
    expect(await open(first)).toEqual([200, expect.stringContaining('Your name')]);
    expect(await stack.interrupt()).toBe(0);
    await stack.restart();
    await expect.poll(() => links().length).toBe(2);
    expect((await open(first))[0]).not.toBe(200);
    expect((await open(links()[1] ?? ''))[0]).toBe(200);
  }, 60_000);
});
