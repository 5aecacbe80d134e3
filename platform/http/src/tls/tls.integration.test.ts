import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { createLogger, READY } from '@giggityflix/kernel';
import { makeCertificate, type TestCertificate } from '@giggityflix/testing';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHttpServer, type HttpServer } from '../server.ts';
import { readCertificate } from './certificate.ts';
import type { TlsConfig } from './variables.ts';

let directory: string;
let first: TestCertificate;
let second: TestCertificate;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'http-tls-'));
  first = makeCertificate(directory, 'first', 'first');
  second = makeCertificate(directory, 'second', 'second', 3);
});
afterAll(() => rmSync(directory, { recursive: true }));

let server: HttpServer;
let metrics: Registry;
afterEach(() => server?.stop());

async function start(changes: Partial<TlsConfig> = {}): Promise<number> {
  metrics = new Registry();
  server = createHttpServer({
    name: 'test',
    host: '127.0.0.1',
    port: 0,
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics,
    ready: () => READY,
    tls: {
      certPath: first.certPath,
      keyPath: first.keyPath,
      plainHttp: 'redirect',
      redirectPort: null,
      hstsSeconds: 60,
      reloadIntervalMs: 20,
      ...changes,
    },
  });
  server.app.get('/whole', async () => 'x'.repeat(100_000));
  server.app.post('/echo', async (sent) => sent.body);
  server.onUpgrade((_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  await server.start();
  return server.address().port;
}

function ask(port: number, path: string, options: { host?: string; body?: string } = {}) {
  return new Promise<{ status: number; body: string; strict: string | undefined }>((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port, path, ca: first.cert, servername: 'localhost' },
        agent: new Agent({ keepAlive: false }),
        method: options.body ? 'POST' : 'GET',
        headers: { host: options.host ?? `localhost:${port}`, 'content-type': 'application/json' },
      },
      async (response) => {
        let body = '';
        for await (const part of response) body += part;
        const strict = response.headers['strict-transport-security'];
        resolve({ status: response.statusCode ?? 0, body, strict });
      },
    );
    sent.on('error', reject);
    sent.end(options.body);
  });
}

/** Whose certificate a new connection is shown. */
function commonName(port: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject.CN as string);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** What the alert on certificates reads, in seconds since 1970. */
async function reportedExpiry(): Promise<number | undefined> {
  const { values } = (await metrics.getSingleMetric('tls_certificate_expires_timestamp_seconds')?.get()) ?? {
    values: [],
  };
  expect(values.map(({ labels }) => labels)).toEqual([{ listener: 'https' }]);
  return values[0]?.value;
}
const expiry = ({ cert }: TestCertificate) => new X509Certificate(cert).validToDate.getTime() / 1_000;

describe('a listener with a certificate', () => {
  it('answers by https, and by http to this machine, on one port', async () => {
    const port = await start();
    expect((await ask(port, '/whole')).body).toHaveLength(100_000);
    expect((await ask(port, '/echo', { body: '{"a":1}' })).body).toBe('{"a":1}');
    expect((await (await fetch(`http://127.0.0.1:${port}/whole`)).text()).length).toBe(100_000);
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  });

  it('takes upgrades by both', async () => {
    const port = await start();
    const upgraded = (socket: ReturnType<typeof connectPlain>) =>
      new Promise<string>((resolve) => {
        socket.once('data', (data) => resolve(String(data).split('\r\n')[0] ?? ''));
        socket.write(
          'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
        );
      });
    const secured = connect({ port, host: '127.0.0.1', ca: first.cert, servername: 'localhost' });
    expect(await upgraded(secured)).toBe('HTTP/1.1 101 Switching Protocols');
    expect(await upgraded(connectPlain(port, '127.0.0.1'))).toBe('HTTP/1.1 101 Switching Protocols');
  });

  it('has browsers use https alone for a public name, and for no other', async () => {
    const port = await start({ hstsSeconds: 86_400 });
    expect((await ask(port, '/whole')).strict).toBeUndefined();
    // The guard of a loopback listener knows no public name, and its refusal has the header all the same.
    expect((await ask(port, '/whole', { host: 'films.example' })).strict).toBe('max-age=86400');
  });

  it('takes a renewed certificate for new connections, and keeps the old one while the new one is no pair', async () => {
    const [certPath, keyPath] = [join(directory, 'live.crt'), join(directory, 'live.key')];
    copyFileSync(first.certPath, certPath);
    copyFileSync(first.keyPath, keyPath);
    const port = await start({ certPath, keyPath });
    expect(await commonName(port)).toBe('first');
    expect(await reportedExpiry()).toBe(expiry(first));
    copyFileSync(second.certPath, certPath);
    copyFileSync(second.keyPath, keyPath);
    await expect.poll(() => commonName(port)).toBe('second');
    expect(await reportedExpiry()).toBe(expiry(second));
    writeFileSync(keyPath, 'half a file');
    expect(await commonName(port)).toBe('second');
    expect(await reportedExpiry()).toBe(expiry(second));
  });

  it('outlives those who do not speak TLS, and does not wait for them at its end', async () => {
    const port = await start();
    const quiet = connectPlain(port, '127.0.0.1');
    const broken = connectPlain(port, '127.0.0.1');
    for (const socket of [quiet, broken]) socket.on('error', () => {});
    broken.end(Buffer.from([22, 3, 1, 0, 2, 255, 255]));
    await new Promise((resolve) => broken.once('close', resolve).resume());
    expect((await ask(port, '/whole')).status).toBe(200);
    await server.stop();
  });
});

describe('a certificate', () => {
  it.each([
    ['is missing', () => ({ certPath: '/nonexistent.crt' }), /cannot read the TLS certificate .*ENOENT/],
    ['has no key', () => ({ keyPath: '/nonexistent.key' }), /cannot read the TLS key .*ENOENT/],
    ['has the key of another', () => ({ keyPath: second.keyPath }), /is not the one of the certificate/],
    ['is a key', () => ({ certPath: first.keyPath }), /is no PEM certificate/],
    ['has a key that is a certificate', () => ({ keyPath: first.certPath }), /is no PEM private key/],
  ])('that %s is refused in words', async (_what, changes, message) => {
    const files = { certPath: first.certPath, keyPath: first.keyPath, ...changes() };
    await expect(readCertificate(files)).rejects.toThrow(message);
    await expect(start(changes())).rejects.toThrow(message);
  });

  it.each([
    ['has expired', 4 * 86_400_000, /has expired: it was valid until/],
    ['is of tomorrow', -86_400_000, /is not valid before/],
  ])('that %s is refused', async (_what, later, message) => {
    await expect(readCertificate(first, Date.now() + later)).rejects.toThrow(message);
  });
});
