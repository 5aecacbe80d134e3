import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { importJWK, type JWK } from 'jose';
import { WebSocket } from 'ws';
import { type Check, type Finding, ok, problem, warning } from '../checks.ts';
import { certificateFindings } from '../household/page.ts';
import { type Installation, listed } from './context.ts';

const TIMEOUT_MS = 10_000;

/** A subprotocol of graphql-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
const PROTOCOL = 'graphql-transport-ws';

export const webSockets: Check<Installation> = {
  name: 'WebSockets',
  async run({ url }) {
    if (!url)
      return [warning('the balancer is not named', 'Name the address at which people watch with --url.')];
    const target = new URL('/graphql', url);
    target.protocol = url.protocol.replace('http', 'ws');
    const answered = await subscribe(target.href);
    return answered === null
      ? [ok(`subscriptions pass ${url.origin}`)]
      : [
          problem(
            `no subscription passes ${url.origin}: ${answered}`,
            'Have the balancer pass WebSockets on /graphql: HTTP/1.1, the headers Upgrade, Connection and Sec-WebSocket-Protocol, and no time-out of seconds.',
          ),
        ];
  },
};

/** Null once an operation was answered over a WebSocket, else what went wrong. */
function subscribe(url: string): Promise<string | null> {
  return new Promise((resolve) => {
    // Certificates are a check of their own.
    const socket = new WebSocket(url, PROTOCOL, { handshakeTimeout: TIMEOUT_MS, rejectUnauthorized: false });
    const end = (result: string | null) => {
      clearTimeout(timer);
      socket.terminate();
      resolve(result);
    };
    const timer = setTimeout(() => end('it opened, and no operation was answered'), TIMEOUT_MS);
    socket.once('error', (error) => end(error.message));
    socket.once('close', (code) => end(`it was closed (${code})`));
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data)) as { type: string };
      if (type === 'connection_ack')
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } }));
      else if (type === 'next') end(null);
      else if (type === 'error') end('the operation was refused');
    });
  });
}

export const keySets: Check<Installation> = {
  name: 'key sets',
  async run(installation) {
    const urls = ['AUTH_JWKS_URL', 'PLAYBACK_JWKS_URL'].flatMap((name) => listed(installation, name));
    if (urls.length === 0)
      return [
        problem(
          'AUTH_JWKS_URL is not set: nobody who signed in is known',
          'Set it on every service to the key set of your identity provider.',
        ),
      ];
    return Promise.all([...new Set(urls)].map(ofKeySet));
  },
};

async function ofKeySet(url: string): Promise<Finding> {
  const remedy =
    'Every service has to reach it, and it has to be the jwks_uri of the issuer (AUTH_ISSUER), or of viewing.';
  try {
    const text = url.startsWith('file:')
      ? readFileSync(new URL(url), 'utf8')
      : await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).then((response) => {
          if (!response.ok) throw new Error(`status ${response.status}`);
          return response.text();
        });
    const { keys } = JSON.parse(text) as { keys: JWK[] };
    if (!Array.isArray(keys) || keys.length === 0)
      return problem(`${url} has no keys: no token can be verified`, remedy);
    for (const key of keys) {
      if (key.kty === 'oct' || 'd' in key)
        return problem(
          `${url} shows a secret or private key to everyone`,
          'Publish public keys alone, and change this one now.',
        );
      await importJWK(key, key.alg ?? (key.kty === 'OKP' ? 'EdDSA' : key.kty === 'EC' ? 'ES256' : 'RS256'));
    }
    return ok(`${url} has ${keys.length} key${keys.length === 1 ? '' : 's'}`);
  } catch (error) {
    return problem(`${url} is no key set: ${(error as Error).message}`, remedy);
  }
}

export const certificates: Check<Installation> = {
  name: 'certificates',
  async run(installation) {
    const { url, edges, environments } = installation;
    const served = [
      ...(url?.protocol === 'https:' ? [url] : []),
      ...(listed(installation, 'GRPC_USE_TLS').includes('false')
        ? []
        : edges.map((edge) => new URL(`https://${edge}`))),
    ];
    const findings = (await Promise.all(served.map(certificateFindings))).flat();
    for (const [name, environment] of environments)
      for (const [cert, key] of [
        ['TLS_CERT_PATH', 'TLS_KEY_PATH'],
        ['GRPC_CERT_PATH', 'GRPC_KEY_PATH'],
      ] as const) {
        const [certPath, keyPath] = [environment[cert], environment[key]];
        if (certPath && keyPath) findings.push(ofFiles(name, certPath, keyPath));
      }
    if (url?.protocol === 'http:')
      findings.push(
        problem(
          `${url.origin} is plain HTTP: what people sign in with can be read on the way`,
          'Serve HTTPS at the balancer, or with TLS_CERT_PATH and TLS_KEY_PATH.',
        ),
      );
    return findings.length > 0
      ? findings
      : [warning('no certificate is named', 'Name the balancer with --url, edges with --edge HOST:PORT.')];
  },
};

function ofFiles(name: string, certPath: string, keyPath: string): Finding {
  try {
    const certificate = new X509Certificate(readFileSync(certPath));
    const isOfKey = certificate.publicKey.export({ type: 'spki', format: 'pem' }) === publicPartOf(keyPath);
    if (!isOfKey)
      return problem(
        `${certPath} of ${name} is not for the key in ${keyPath}`,
        'Put a pair in place, both at once.',
      );
    if (Date.parse(certificate.validTo) < Date.now())
      return problem(
        `${certPath} of ${name} expired on ${certificate.validTo}`,
        'Renew it; a process uses the new one within 10 s.',
      );
    return ok(`${certPath} of ${name} is good until ${certificate.validTo}`);
  } catch (error) {
    return problem(
      `${certPath} or ${keyPath} of ${name} cannot be read: ${(error as Error).message}`,
      'Put a pair in PEM there, readable by the service.',
    );
  }
}

function publicPartOf(keyPath: string): string {
  return createPublicKey(readFileSync(keyPath)).export({ type: 'spki', format: 'pem' }) as string;
}
