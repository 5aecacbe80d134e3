import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, requireCoturn } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readInstalled } from '../../scripts/doctor/installation/context.ts';
import { allocate, stun, turn } from '../../scripts/doctor/installation/turn.ts';

const coturn = requireCoturn();
const OLD = 'the secret of last year';
const NEW = 'the secret of this year';

describe.skipIf(coturn.skip)('a TURN server with two secrets', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-turn-'));
  let server: ChildProcess;
  let port: number;
  let closed: number;

  beforeAll(async () => {
    [port, closed] = (await freePorts(2)) as [number, number];
    server = spawn(
      coturn.path,
      [
        ...['-n', '--use-auth-secret', `--static-auth-secret=${OLD}`, `--static-auth-secret=${NEW}`],
        ...[
          '--realm=giggityflix',
          '--listening-ip=127.0.0.1',
          '--relay-ip=127.0.0.1',
          `--listening-port=${port}`,
        ],
        ...[
          '--no-tls',
          '--no-dtls',
          '--no-cli',
          '--log-file=stdout',
          '--simple-log',
          '--allow-loopback-peers',
        ],
        ...[`--pidfile=${join(directory, 'pid')}`, `--userdb=${join(directory, 'db')}`],
      ],
      { stdio: 'ignore', cwd: directory },
    );
    await vi.waitFor(
      async () => expect((await allocate({ host: '127.0.0.1', port }, NEW)).outcome).toBe('allocated'),
      { timeout: 60_000, interval: 100 },
    );
  }, 90_000);
  afterAll(() => {
    server?.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  const installed = (at: number, secret: string) =>
    readInstalled(
      { STUN_SERVERS: `stun:127.0.0.1:${at}`, TURN_SERVERS: `turn:127.0.0.1:${at}`, TURN_SECRET: secret },
      {},
    );

  it.each([OLD, NEW])('relays for whoever has %s, so that one can follow the other', async (secret) => {
    const [finding] = await turn.run(installed(port, secret));
    expect(finding).toMatchObject({ level: 'ok', what: expect.stringContaining('relays (at 127.0.0.1:') });
  });

  it('refuses another secret, and the remedy says where it is', async () => {
    const [finding] = await turn.run(installed(port, 'a guess'));
    expect(finding).toMatchObject({
      level: 'problem',
      what: expect.stringContaining('refuses to relay: 401'),
      remedy: expect.stringContaining('static-auth-secret'),
    });
  });

  it('answers by STUN; where nothing listens that is a problem', async () => {
    expect((await stun.run(installed(port, NEW)))[0]?.level).toBe('ok');
    const silent = installed(closed, NEW);
    const [noStun, noTurn] = await Promise.all([stun.run(silent), turn.run(silent)]);
    expect(noStun[0]).toMatchObject({ level: 'problem', what: expect.stringContaining('no answer by STUN') });
    expect(noTurn[0]).toMatchObject({ level: 'problem', what: expect.stringContaining('no answer by TURN') });
  });
});
