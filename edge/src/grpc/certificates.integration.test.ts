import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { createLogger } from '@giggityflix/kernel';
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
  second = makeCertificate(directory, 'second', 'second');
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

    copyFileSync(second.certPath, certPath);
    copyFileSync(second.keyPath, keyPath);
    await expect.poll(() => commonName(edge.port)).toBe('second');
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
    await expect(createCertificates(tls, { logger }).load()).rejects.toThrow(message);
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
