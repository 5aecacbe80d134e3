import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { freePorts, ROOT } from '@giggityflix/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { certify } from './doctor-certificates.ts';

interface Report {
  suite: string;
  checks: { check: string; findings: { level: string; what: string; remedy?: string }[] }[];
}

function doctor(parameters: string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts/doctor.ts'), ...parameters], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** A household on loopback where all is well, made of servers that answer as the real ones do. */
async function household() {
  const [closed] = (await freePorts(1)) as [number];
  const page = await listen(
    createServer((request, response) => {
      const peer = { edge: { state: 'connected' }, library: { shared: { files: 2 } } };
      const issuer = `http://${request.headers.host}`;
      const answers: Record<string, unknown> = {
        '/sign-in.json': { signIn: { issuer } },
        '/.well-known/openid-configuration': { issuer },
        '/api/status': peer,
      };
      response.end(JSON.stringify(answers[request.url ?? ''] ?? {}));
    }),
  );
  const edge = await listen(createTcpServer((socket) => socket.end()));
  const stun = await stunServer();
  const env: Record<string, string> = {
    STACK_LAN_ADDRESSES: '127.0.0.1',
    GATEWAY_PORT: String(page),
    PEER_HTTP_PORT: String(page),
    EDGE_PORT: String(edge),
    MATCHMAKER_PORT: String(stun),
    TURN_SERVERS: 'turn:films.example:3478',
    STACK_DATA_DIR: ROOT,
    FFMPEG_PATH: '/bin/true',
    FFPROBE_PATH: '/bin/true',
  };
  const flags = ['--public-stun', `127.0.0.1:${stun}`, '--public-stun', `127.0.0.1:${await stunServer()}`];
  const time = ['--time', `http://127.0.0.1:${page}/`];
  const examine = async (given: { env?: Record<string, string>; flags?: string[] } = {}) => {
    const { code, out } = await doctor(['household', '--json', ...(given.flags ?? [...flags, ...time])], {
      ...env,
      ...given.env,
    });
    const { checks } = JSON.parse(out) as Report;
    return {
      code,
      of: (name: string) => checks.find(({ check }) => check === name)!.findings,
      levels: Object.fromEntries(
        checks.map(({ check, findings }) => [check, findings.map(({ level }) => level)]),
      ),
    };
  };
  return { examine, flags, time, closed, page };
}

async function listen(server: ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Answers binding requests with the port that was seen, or with another one. */
async function stunServer(portOf: (seen: number) => number = (seen) => seen): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (request, { port }) => {
    const answer = Buffer.alloc(32);
    answer.writeUInt16BE(0x0101, 0);
    answer.writeUInt16BE(12, 2);
    request.copy(answer, 4, 4, 20);
    answer.writeUInt16BE(0x0020, 20);
    answer.writeUInt16BE(8, 22);
    answer[25] = 1;
    answer.writeUInt16BE(portOf(port) ^ 0x2112, 26);
    answer.writeUInt32BE((0x7f000001 ^ 0x2112a442) >>> 0, 28);
    socket.send(answer, port);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  return socket.address().port;
}

describe('npm run doctor -- household', () => {
  it('finds nothing in the way where nothing is', async () => {
    const { examine } = await household();
    const { code, levels } = await examine();
    expect(code).toBe(0);
    expect(levels).toMatchObject({
      ports: ['ok', 'ok'],
      matchmaker: ['ok'],
      router: ['ok'],
      TURN: ['ok'],
      certificate: ['warning'],
      'sign-in': ['ok'],
      clock: ['ok'],
      peer: ['ok'],
      FFmpeg: ['ok'],
      disk: [expect.stringMatching(/ok|warning/)],
    });
  });

  it('finds ports that are closed, and a matchmaker, a page and a peer that do not answer', async () => {
    const { examine, closed } = await household();
    const port = String(closed);
    const found = await examine({
      env: { EDGE_PORT: port, GATEWAY_PORT: port, MATCHMAKER_PORT: port, PEER_HTTP_PORT: port },
    });
    expect(found.code).toBe(1);
    expect(found.levels).toMatchObject({
      ports: ['problem', 'problem'],
      matchmaker: ['problem'],
      'sign-in': ['problem'],
      peer: ['problem'],
    });
    expect(found.of('ports')[0]!.remedy).toContain('--lan');
  });

  it('finds a symmetric NAT, which a TURN server makes up for', async () => {
    const { examine, time } = await household();
    let next = 20_000;
    const another = () => next++;
    const flags = [
      '--public-stun',
      `127.0.0.1:${await stunServer(another)}`,
      '--public-stun',
      `127.0.0.1:${await stunServer(another)}`,
    ];
    const without = await examine({ env: { TURN_SERVERS: '' }, flags: [...flags, ...time] });
    expect(without.of('router')).toMatchObject([
      { level: 'problem', what: expect.stringContaining('symmetric') },
    ]);
    expect(without.levels.TURN).toEqual(['warning']);
    const { levels } = await examine({ flags: [...flags, ...time] });
    expect(levels.router).toEqual(['ok']);
  });

  it('does not know the NAT where nobody outside answers', async () => {
    const { examine, closed, time } = await household();
    const flags = ['--public-stun', `127.0.0.1:${closed}`, '--public-stun', 'nowhere.invalid:3478', ...time];
    expect((await examine({ flags })).levels.router).toEqual(['warning']);
  });

  it('finds a clock that is off', async () => {
    const { examine, flags } = await household();
    const late = await listen(
      createServer((_request, response) => {
        response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString()).end();
      }),
    );
    const found = await examine({ flags: [...flags, '--time', `http://127.0.0.1:${late}/`] });
    expect(found.of('clock')).toMatchObject([
      { level: 'problem', what: expect.stringMatching(/36\d\d s ahead/) },
    ]);
  });

  it('finds that nobody signs in, a peer that shares nothing, and one that is paused', async () => {
    const { examine } = await household();
    const states = [
      { edge: { state: 'connected' }, library: { shared: { files: 0 } } },
      { edge: { state: 'paused', lastError: null, address: 'a:1' }, library: { shared: { files: 1 } } },
    ];
    for (const state of states) {
      const port = String(
        await listen(
          createServer((request, response) =>
            response.end(JSON.stringify(request.url === '/sign-in.json' ? { signIn: null } : state)),
          ),
        ),
      );
      const { levels } = await examine({ env: { PEER_HTTP_PORT: port, GATEWAY_PORT: port } });
      expect(levels).toMatchObject({ peer: ['problem'], 'sign-in': ['problem'] });
    }
  });

  it.each([
    ['that is not reached', (closed: number) => `http://127.0.0.1:${closed}`],
    ['that is another one', (_closed: number, page: number) => `http://127.0.0.1:${page}/other`],
    ['without an address', () => 'films'],
  ])('finds a place to sign in %s', async (_what, issuerOf) => {
    const { examine, closed, page } = await household();
    const issuer = issuerOf(closed, page);
    const port = await listen(
      createServer((_request, response) => response.end(JSON.stringify({ signIn: { issuer } }))),
    );
    const { of } = await examine({ env: { GATEWAY_PORT: String(port) } });
    expect(of('sign-in')).toMatchObject([
      { level: 'problem', what: expect.stringContaining(`leads to ${issuer} to sign in`) },
    ]);
  });

  it('distinguishes a name that leads nowhere and a port that is closed', async () => {
    const { examine, closed, flags, time } = await household();
    const at = async (url: string) =>
      (await examine({ flags: [...flags, ...time, '--url', url] })).of('certificate')[0]!;
    expect((await at('https://films.invalid')).what).toContain('films.invalid leads nowhere');
    const { what, remedy } = await at(`https://127.0.0.1:${closed}`);
    expect(what).toContain('does not answer at port');
    expect(remedy).toContain('router');
  });

  it('finds FFmpeg missing', async () => {
    const { examine } = await household();
    const { of } = await examine({ env: { FFMPEG_PATH: '/nonexistent' } });
    expect(of('FFmpeg')).toMatchObject([
      { level: 'warning', what: expect.stringContaining('ffmpeg cannot be run') },
    ]);
  });

  it.each([
    ['none', null, 'does not speak TLS', 'problem'],
    ['for another name', { name: 'other.example', days: 90 }, 'and not for localhost', 'problem'],
    ['that expired', { name: 'localhost', days: -1 }, 'expired on', 'problem'],
    ['that expires soon', { name: 'localhost', days: 3 }, 'expires in 3 days', 'warning'],
    ['of an unknown authority', { name: 'localhost', days: 90 }, 'do not know who signed', 'warning'],
  ] as const)('finds a certificate %s', async (_what, wanted, what, level) => {
    const { examine, page, flags, time } = await household();
    const port = wanted
      ? await listen(createSecureServer(certify(wanted), (_q, response) => response.end('{}')))
      : page;
    const { of } = await examine({ flags: [...flags, ...time, '--url', `https://localhost:${port}`] });
    expect(of('certificate')).toContainEqual(
      expect.objectContaining({ level, what: expect.stringContaining(what) }),
    );
  });

  it('says how it is used', async () => {
    for (const wrong of [[], ['nobody'], ['household', '--nonsense'], ['household', '--url', 'nowhere']]) {
      const { code, err } = await doctor(wrong);
      expect(code).toBe(2);
      expect(err).toContain('household');
    }
  });
});
