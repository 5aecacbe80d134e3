// cspell:ignore ocsp dnsserver NOSLEEP NONCEREJECT
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { makeCertificate } from '@giggityflix/testing';
import { expect, vi } from 'vitest';

/** Names below it lead nowhere. */
const NOWHERE = 'nowhere.example';

/** An ACME server that finds every name but those below nowhere.example at this machine, and asks it at `ports.http`. */
export async function startPebble(options: {
  path: string;
  directory: string;
  ports: { acme: number; management: number; http: number };
  /** How long its certificates are valid; 90 days unless given. */
  validSeconds?: number;
}) {
  const { directory, ports } = options;
  const { certPath, keyPath } = makeCertificate(directory, 'pebble');
  const config = join(directory, 'pebble.json');
  writeFileSync(
    config,
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${ports.acme}`,
        managementListenAddress: `127.0.0.1:${ports.management}`,
        certificate: certPath,
        privateKey: keyPath,
        httpPort: ports.http,
        tlsPort: 1,
        ocspResponderURL: '',
        externalAccountBindingRequired: false,
        ...(options.validSeconds && {
          profiles: { default: { description: 'the only one', validityPeriod: options.validSeconds } },
        }),
      },
    }),
  );
  const names = await startNames();
  let log = '';
  const child = spawn(options.path, ['-config', config, '-dnsserver', names.address], {
    env: { PATH: process.env.PATH, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
  await vi.waitFor(() => expect(log).toContain('Listening on'), { timeout: 10_000 });
  return {
    directoryUrl: `https://localhost:${ports.acme}/dir`,
    /** What its own certificate is trusted by. */
    caPath: certPath,
    log: () => log,
    /** The root of what it issues (PEM). */
    root: () => download(`https://localhost:${ports.management}/roots/0`, certPath),
    /** How many certificates were asked for. */
    orders: () => log.match(/POST \/order-plz/g)?.length ?? 0,
    async stop() {
      const ended = once(child, 'close');
      child.kill();
      await ended;
      names.stop();
    },
  };
}

function download(url: string, caPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca: readFileSync(caPath) }, async (response) => {
      let body = '';
      for await (const part of response) body += part;
      resolve(body);
    }).once('error', reject);
  });
}

/** A name server over TCP (RFC 1035) to which names are 127.0.0.1, and have nothing else. */
async function startNames() {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (data: Buffer) => {
      for (let rest = data; rest.length > 2; rest = rest.subarray(2 + rest.readUInt16BE(0)))
        socket.write(answerTo(rest.subarray(2, 2 + rest.readUInt16BE(0))));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, stop: () => server.close() };
}

function answerTo(query: Buffer): Buffer {
  const labels: string[] = [];
  let end = 12;
  for (let size = query[end] ?? 0; size !== 0; size = query[end] ?? 0) {
    labels.push(query.toString('latin1', end + 1, end + 1 + size).toLowerCase());
    end += size + 1;
  }
  const question = query.subarray(12, end + 5);
  const isKnown = !labels.join('.').endsWith(NOWHERE);
  const isAddress = isKnown && query.readUInt16BE(end + 1) === 1;
  const header = [
    ...query.subarray(0, 2),
    0x85,
    isKnown ? 0x80 : 0x83,
    0,
    1,
    0,
    isAddress ? 1 : 0,
    0,
    0,
    0,
    0,
  ];
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1];
  const message = Buffer.from([...header, ...question, ...(isAddress ? record : [])]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
