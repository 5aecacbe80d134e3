import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts, ROOT, realKafka, realPostgres, realRedis, requireBuildah } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Buildah, configOf, createBuildah, sizeOf } from '../../scripts/image/buildah.ts';
import { baseOf } from '../../scripts/image/dockerfile.ts';
import { TARGETS } from '../../scripts/image/targets.ts';
import { type Container, inContainer } from './container.ts';
import { LARGEST_BYTES, PROGRAMS, start } from './programs.ts';

const run = promisify(execFile);

/** Of a machine that has to make the base, fetch every package, and do something else meanwhile. */
const BUILD_MS = 1_800_000;
const START_MS = 300_000;
const SERVICE_TOKEN = 'a-service-token-of-this-test';

const tools = requireBuildah();
const skip = tools.skip;
const [kafka, redis, postgres] = skip ? [] : await Promise.all([realKafka(), realRedis(), realPostgres()]);

/** What a service is told of the stores; `port` is where it answers HTTP. */
function variables(port: number, grpcPort: number, udpPort: number): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    ...{ PORT: `${port}`, SERVER_PORT: `${port}`, HTTP_PORT: `${port}`, HEALTH_PORT: `${port}` },
    MATCHMAKER_PORT: `${udpPort}`,
    ...{ GRPC_SERVER_ADDRESS: `127.0.0.1:${grpcPort}`, GRPC_USE_TLS: 'false' },
    KAFKA_BOOTSTRAP_SERVERS: kafka?.bootstrapServers ?? '',
    ...{ REDIS_HOST: redis?.host ?? '', REDIS_PORT: `${redis?.port}` },
    DATABASE_URL: postgres?.url ?? '',
    ...{ AUTH_ISSUER: 'http://127.0.0.1:1', AUTH_JWKS_URL: 'http://127.0.0.1:1/jwks.json' },
    ...{ SERVICE_TOKENS: SERVICE_TOKEN, SERVICE_TOKEN },
    PAGE_REDIRECT_URIS: 'http://127.0.0.1:1/',
    SUPERGRAPH_FILE: '/app/deploy/supergraph-people.graphql',
    GATEWAY_WEB_ROOT: '/app/web/dist',
  };
}

/** Of a peer whose edge is not there. */
const peerVariables = (port: number): Record<string, string> => ({
  EDGE_GRPC_ADDRESS: '127.0.0.1:1',
  ...{ HTTP_PORT: `${port}`, HEALTH_PORT: `${port}`, ENABLE_UPNP: 'false' },
});

describe.skipIf(skip || kafka?.skip || redis?.skip || postgres?.skip)('npm run build:images', () => {
  let storage: string;
  let buildah: Buildah;

  beforeAll(async () => {
    storage = mkdtempSync(join(tmpdir(), 'giggityflix-images-'));
    await run(process.execPath, [join(ROOT, 'scripts/build-images.ts'), '--storage', storage], {
      maxBuffer: 64 * 1024 * 1024,
    });
    buildah = createBuildah(storage);
  }, BUILD_MS);
  afterAll(() => rmSync(storage, { recursive: true, force: true }), START_MS);

  describe.each(Object.entries(TARGETS))('makes an image of %s', (name, { image }) => {
    let container: Container;
    const ask = async (...command: string[]) => {
      const { command: program, args, env } = inContainer(container, { entrypoint: [], args: command });
      return (await run(program, args, { env })).stdout;
    };

    /** What `find` finds in the image. */
    const find = (...args: string[]) =>
      execFileSync('find', args, { cwd: container.tree, encoding: 'utf8' })
        .split('\n')
        .filter((path) => path !== '');

    beforeAll(() => {
      const id = buildah.ask('from', '--pull-never', image);
      container = { tree: buildah.ask('mount', id), config: configOf(buildah, image) };
    }, START_MS);

    it('that is small', () => {
      const { bytesOverBase } = sizeOf(buildah, image, baseOf(ROOT).reference);
      expect(bytesOverBase).toBeGreaterThan(0);
      expect(bytesOverBase).toBeLessThan(LARGEST_BYTES);
    });

    it('that runs as a user whom nothing of it belongs to', () => {
      expect(container.config.User).toBe('1000:1000');
      const ofUser = ['-uid', '1000', '-o', '-gid', '1000'];
      const forAll = ['-perm', '-o+w', '!', '-type', 'l', '!', '-type', 'c', '!', '-perm', '-1000'];
      // Its volume is.
      expect(find('.', '(', ...ofUser, '-o', '(', ...forAll, ')', ')')).toEqual(
        name === 'peer' ? ['./data'] : [],
      );
    });

    it('that keeps nothing of how the machine that built it reaches the registry', () => {
      expect(find('root', 'usr/local/etc', '-name', '*npm*', '-o', '-name', '*.pem')).toEqual([]);
      const names = container.config.Env.map((variable) => variable.split('=')[0]);
      expect(names.filter((variable) => /npm|CERT|SSL|PROXY/i.test(variable ?? ''))).toEqual([]);
    });

    it.each(name === 'peer' ? ['ffmpeg', 'ffprobe'] : [])('that has %s', async (program) => {
      expect(await ask(program, '-version')).toContain(`${program} version 5.1`);
    });

    it.each(PROGRAMS[name] ?? [])(
      'that starts %s and finds it healthy',
      { timeout: START_MS },
      async (program) => {
        const [port, grpcPort, udpPort] = (await freePorts(3)) as [number, number, number];
        const env = name === 'peer' ? peerVariables(port) : variables(port, grpcPort, udpPort);
        await start(program, inContainer(container, { args: [program], env }), async () => {
          const { status } = await fetch(`http://127.0.0.1:${port}/health`);
          expect(status).toBe(200);
          // The peer's edge is not there.
          if (name !== 'peer')
            await expect
              .poll(async () => (await fetch(`http://127.0.0.1:${port}/ready`)).status, { timeout: 120_000 })
              .toBe(200);
          const [kind, ...check] = container.config.Healthcheck?.Test ?? [];
          expect(kind).toBe('CMD');
          const { command, args, ...options } = inContainer(container, { entrypoint: [], args: check, env });
          await run(command, args, options);
        });
      },
    );
  });
});
