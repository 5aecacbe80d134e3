import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { createLogger } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { makeCertificate, type TestCertificate } from '@giggityflix/testing';
import { credentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEdge, testConfig } from '../../testing/edge.ts';
import { startEdgeProcess } from '../../testing/edge-process.ts';
import { createTestPeer } from '../../testing/peer.ts';
import { createCertificates, type TlsConfig } from './certificates.ts';

let directory: string;
let first: TestCertificate;
let second: TestCertificate;
let client: TestCertificate;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'edge-tls-'));
  first = makeCertificate(directory, 'first', 'first');
  second = makeCertificate(directory, 'second', 'second', 3);
  client = makeCertificate(directory, 'client', 'client');
});
afterAll(() => rmSync(directory, { recursive: true }));

const withTls = (changes: Partial<TlsConfig> = {}) => ({
  grpc: {
    ...testConfig.grpc,
    tls: {
      certPath: first.certPath,
      keyPath: first.keyPath,
      clientCaPath: null,
      requireClientCertificate: false,
      ...changes,
    },
  },
});

describe('TLS', () => {
  it('carries peers that trust the certificate and no others', async () => {
    await using edge = await startEdge(withTls());
    const peer = createTestPeer({ ...edge, channelCredentials: credentials.createSsl(first.cert) });
    await peer.register();
    await peer.leave();
    const other = createTestPeer({ ...edge, channelCredentials: credentials.createSsl(second.cert) });
    expect(await other.ended).toMatchObject({ code: status.UNAVAILABLE });
    expect(await createTestPeer(edge).ended).toMatchObject({ code: status.UNAVAILABLE });
  });

  it('leaves it to peers of the own network, where that is wanted, and to no others', async () => {
    const { grpc } = withTls();
    await using edge = await startEdge({ grpc: { ...grpc, plainTextFromLocal: true } });
    const secure = createTestPeer({ ...edge, channelCredentials: credentials.createSsl(first.cert) });
    const plain = createTestPeer(edge);
    await Promise.all([secure.register(), plain.register()]);
    expect(await commonName(edge.port)).toBe('first');
    const other = createTestPeer({ ...edge, channelCredentials: credentials.createSsl(second.cert) });
    expect(await other.ended).toMatchObject({ code: status.UNAVAILABLE });
    await Promise.all([secure.leave(), plain.leave()]);
    // Someone who says nothing, and someone who speaks neither.
    const mute = connectTcp(edge.port, '127.0.0.1');
    const wrong = connectTcp(edge.port, '127.0.0.1').on('error', () => {});
    wrong.resume().write('GET / HTTP/1.1\r\n\r\n');
    await once(wrong, 'close');
    mute.destroy();
  });

  it.each(['127.0.0.1', '127.0.0.1:', '127.0.0.1:http', '[::1]', ''])(
    'listens nowhere when the address is no host and port: %j',
    async (address) => {
      const { grpc } = withTls();
      await expect(startEdge({ grpc: { ...grpc, address, plainTextFromLocal: true } })).rejects.toThrow(
        'not host:port',
      );
    },
  );

  it('refuses peers without a certificate where one is required', async () => {
    await using edge = await startEdge(
      withTls({ clientCaPath: client.certPath, requireClientCertificate: true }),
    );
    const bare = createTestPeer({ ...edge, channelCredentials: credentials.createSsl(first.cert) });
    expect(await bare.ended).toMatchObject({ code: status.UNAVAILABLE });
    const channelCredentials = credentials.createSsl(first.cert, client.key, client.cert);
    const known = createTestPeer({ ...edge, channelCredentials });
    await known.register();
    await known.leave();
  });

  it('takes a renewed certificate for new connections while the old ones go on', async () => {
    const certPath = join(directory, 'live.crt');
    const keyPath = join(directory, 'live.key');
    copyFileSync(first.certPath, certPath);
    copyFileSync(first.keyPath, keyPath);
    await using edge = await startEdge(withTls({ certPath, keyPath, reloadIntervalMs: 20 }));
    const peer = createTestPeer({ ...edge, channelCredentials: credentials.createSsl(first.cert) });
    await peer.register();
    expect(await commonName(edge.port)).toBe('first');
    const expiry = async () =>
      Number(
        /^tls_certificate_expires_timestamp_seconds\{.*listener="grpc".*\} (\d+)$/m.exec(
          await edge.metrics.metrics(),
        )?.[1],
      );
    const expiresAt = (certificate: Buffer) => new X509Certificate(certificate).validToDate.getTime() / 1_000;
    expect(await expiry()).toBe(expiresAt(first.cert));

    copyFileSync(second.certPath, certPath);
    copyFileSync(second.keyPath, keyPath);
    await expect.poll(() => commonName(edge.port)).toBe('second');
    expect(await expiry()).toBe(expiresAt(second.cert));
    peer.send({ $case: 'heartbeat', value: { sentAt: undefined, activeStreams: 0 } }, 1);
    expect(await peer.next('acknowledgement')).toEqual({ sequence: 1 });

    writeFileSync(certPath, 'half a file');
    const late = createTestPeer({ ...edge, channelCredentials: credentials.createSsl(second.cert) });
    await late.register();
    await Promise.all([peer.leave(), late.leave()]);
  });

  it.each([
    [
      'the certificate is missing',
      () => ({ certPath: '/nonexistent.crt' }),
      /GRPC_CERT_PATH: cannot read .*ENOENT/,
    ],
    ['the key is missing', () => ({ keyPath: '/nonexistent.key' }), /GRPC_KEY_PATH/],
    ['the key is another’s', () => ({ keyPath: second.keyPath }), /not the key of the certificate/],
    ['the certificate is a key', () => ({ certPath: first.keyPath }), /no PEM certificate and key/],
    ['the authority is missing', () => ({ clientCaPath: '/nonexistent.ca' }), /GRPC_CLIENT_CA_PATH/],
  ])('names the problem when %s', async (_what, changes, message) => {
    const logger = createLogger({ service: 'edge', level: 'silent' });
    const { tls } = withTls(changes()).grpc;
    await expect(createCertificates(tls, { logger, metrics: createMetrics('edge') }).load()).rejects.toThrow(
      message,
    );
  });
});

it('is the default: without a certificate an edge does not start', async () => {
  const start = startEdgeProcess({ directory, port: 1, env: { GRPC_USE_TLS: 'true' } });
  await expect(start).rejects.toThrow(
    /ended with 1 .*cannot start: GRPC_CERT_PATH: cannot read certs\/server\.crt/s,
  );
});

/** Whose certificate a new connection is shown. */
function commonName(port: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect(
      { port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] },
      () => {
        resolve(socket.getPeerCertificate().subject.CN as string);
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}
