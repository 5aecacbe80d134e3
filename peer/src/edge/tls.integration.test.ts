import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { invitationLink, newInvitationCode } from '@giggityflix/proto/invitation';
import { ServerCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startFakeEdge } from '../../testing/fake-edge.ts';
import { startPeer, temporaryDir, testConfig, testEnvironment } from '../../testing/harness.ts';
import { readEnvironment } from '../environment.ts';
import { storeInvitation } from './invitation.ts';
import { networkOfLink, storeNetwork } from './network.ts';

let dir: string;
const file = (name: string) => join(dir, name);

/** A certificate by openssl: of an authority, or signed by one. */
function certify(name: string, issuer: string | null): void {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`), '-subj', `/CN=${name}`],
      ...(issuer === null
        ? ['-addext', 'keyUsage=critical,keyCertSign']
        : [
            ...['-CA', file(`${issuer}.crt`), '-CAkey', file(`${issuer}.key`)],
            ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'subjectAltName=DNS:localhost'],
          ]),
    ],
    { stdio: 'ignore' },
  );
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'peer-tls-'));
  certify('edges', null);
  certify('peers', null);
  certify('edge', 'edges');
  certify('peer', 'peers');
  certify('stranger', 'edges');
});
afterAll(() => rmSync(dir, { recursive: true }));

async function setUp(variables: Record<string, string>, options: { asksForCertificate?: boolean } = {}) {
  const pair = { private_key: readFileSync(file('edge.key')), cert_chain: readFileSync(file('edge.crt')) };
  const edge = await startFakeEdge({
    credentials: options.asksForCertificate
      ? ServerCredentials.createSsl(readFileSync(file('peers.crt')), [pair], true)
      : ServerCredentials.createSsl(null, [pair]),
  });
  onTestFinished(() => edge.stop());
  const config = testConfig(temporaryDir(), { EDGE_GRPC_ADDRESS: `localhost:${edge.port}`, ...variables });
  return { edge, config };
}

const tls = () => ({ GRPC_USE_TLS: 'true', GRPC_CERT_PATH: file('edges.crt') });
const mutual = (name: string) => ({
  ...tls(),
  GRPC_CLIENT_CERT_PATH: file(`${name}.crt`),
  GRPC_CLIENT_KEY_PATH: file(`${name}.key`),
});

describe('the connection to an edge over TLS', () => {
  it('is made when one of the given authorities signed the edge', async () => {
    const { edge, config } = await setUp(tls());
    const peer = await startPeer(config);
    await expect.poll(() => peer.status().edge.state).toBe('connected');
    expect(edge.connections).toBe(1);
  });

  it('is made with what an invitation link says, and nothing else', async () => {
    const { edge } = await setUp({});
    const authority = new X509Certificate(readFileSync(file('edges.crt'))).raw;
    const code = newInvitationCode();
    const link = invitationLink(code, { edges: [`localhost:${edge.port}`], tls: true, authority });
    const home = temporaryDir();
    const { EDGE_GRPC_ADDRESS: _, ...variables } = testEnvironment(home);
    const config = readEnvironment(variables);
    const network = networkOfLink(link);
    storeNetwork(config.peer.dataDir, network!);
    storeInvitation(config.peer.dataDir, code);
    const peer = await startPeer(config);
    await expect.poll(() => peer.status().edge.state).toBe('connected');
    expect(edge.enrolmentTokens).toEqual([code]);
    expect(peer.status().edge.address).toBe(`localhost:${edge.port}`);
    await peer.stop();

    const invited = readEnvironment({
      ...variables,
      DATA_DIR: join(home, 'other'),
      PEER_INVITATION: link,
    });
    const other = await startPeer(invited);
    await expect.poll(() => other.status().edge.state).toBe('connected');
    expect(() => networkOfLink(`${invitationLink(code)}?edge=a:1&tls=1&ca=AAAA`)).toThrow('damaged');
  });

  it('leaves the edges that the owner set as they are, whatever a link says', async () => {
    const link = invitationLink(newInvitationCode(), { edges: ['a:1'], tls: true, authority: null });
    const { edge, config } = await setUp({ ...tls(), PEER_INVITATION: link });
    const peer = await startPeer(config);
    await expect.poll(() => peer.status().edge.state).toBe('connected');
    expect(edge.connections).toBe(1);
  });

  it('presents a certificate to an edge that asks for one', async () => {
    const { config } = await setUp(mutual('peer'), { asksForCertificate: true });
    const peer = await startPeer(config);
    await expect.poll(() => peer.status().edge.state).toBe('connected');
  });

  it.each([
    {
      lack: 'the right authority',
      variables: () => ({ ...tls(), GRPC_CERT_PATH: file('peers.crt') }),
      says: 'GRPC_CERT_PATH',
    },
    {
      lack: 'any authority but the known ones',
      variables: () => ({ GRPC_USE_TLS: 'true' }),
      says: 'GRPC_CERT_PATH',
    },
    { lack: 'TLS', variables: () => ({}), says: 'GRPC_USE_TLS' },
    {
      lack: 'a certificate of its own',
      variables: tls,
      asksForCertificate: true,
      says: /GRPC_CLIENT_CERT_PATH/,
    },
    {
      lack: 'a certificate the edge knows',
      variables: () => mutual('stranger'),
      asksForCertificate: true,
      says: /GRPC_CLIENT_CERT_PATH/,
    },
  ])('is not made without $lack, and says what to do', async ({ variables, asksForCertificate, says }) => {
    const { edge, config } = await setUp(variables(), { asksForCertificate });
    const peer = await startPeer(config);
    await expect.poll(() => peer.status().edge.lastError).toMatch(says);
    expect(peer.status().edge.state).not.toBe('connected');
    expect(edge.connections).toBe(0);
  });

  it('follows a certificate that is renewed', async () => {
    const { edge, config } = await setUp(
      { ...tls(), GRPC_CERT_PATH: file('renewed.crt'), GRPC_RECONNECT_INTERVAL_SEC: '1' },
      {},
    );
    writeFileSync(file('renewed.crt'), readFileSync(file('peers.crt')));
    const peer = await startPeer(config);
    await expect.poll(() => peer.status().edge.failedAttempts).toBeGreaterThan(0);
    writeFileSync(file('renewed.crt'), readFileSync(file('edges.crt')));
    await expect.poll(() => edge.connections).toBe(1);
  });

  it('with a file that is not there is refused at the start', async () => {
    const { config } = await setUp({ GRPC_USE_TLS: 'true', GRPC_CERT_PATH: '/nonexistent/ca.crt' });
    await expect(startPeer(config)).rejects.toThrow(
      'GRPC_CERT_PATH: /nonexistent/ca.crt cannot be read: ENOENT',
    );
  });

  it('with a file that is no certificate is refused at the start', async () => {
    writeFileSync(file('noise.crt'), 'noise');
    const { config } = await setUp({ ...mutual('peer'), GRPC_CLIENT_CERT_PATH: file('noise.crt') });
    await expect(startPeer(config)).rejects.toThrow('not PEM files that TLS can use');
  });
});
