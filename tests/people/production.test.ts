import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePorts,
  type NodeProcess,
  ROOT,
  readiness,
  realKafka,
  realPostgres,
  realRedis,
  requireChromium,
  runScript,
} from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { webRoot } from '../../web/src/index.ts';
import { launchBrowser } from '../browser/harness.ts';
import { newVisitor, SOFA } from './visitor.ts';

const WAIT = { timeout: 120_000, interval: 100 };
const SERVICE_TOKEN = 'a-service-token-of-this-test';
type Eight = [string, string, string, string, string, string, string, string];
const program = requireChromium();
const kafka = await realKafka({ dedicated: true });
const redis = await realRedis();
const postgres = await realPostgres();
/** Identity's own: whoever can read it can sign in as anyone. */
const secrets = await realPostgres();

describe.skipIf(program.skip || kafka.skip || redis.skip || postgres.skip)(
  'production, from sign-up to playback through the page',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'giggityflix-people-'));
    const processes: NodeProcess[] = [];
    let browser: Browser;
    let origin: string;
    let issuer: string;
    let identity: NodeProcess;

    beforeAll(async () => {
      const mediaDir = join(directory, 'media');
      cpSync(join(ROOT, 'stack/sample'), mediaDir, { recursive: true });
      browser = await launchBrowser(program.path);
      const ports = (await freePorts(8)).map(String) as Eight;
      const [gateway, tracker, viewing, catalog, grpc, edgeHttp, peerHttp, identityPort] = ports;
      const url = (port: string) => `http://127.0.0.1:${port}`;
      origin = url(gateway);
      // By name, as passkeys belong to names.
      issuer = `http://localhost:${identityPort}`;
      const common = {
        HOST: '127.0.0.1',
        LOG_LEVEL: 'info',
        NODE_ENV: 'production',
        KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
        REDIS_HOST: redis.host,
        REDIS_PORT: String(redis.port),
        AUTH_ISSUER: issuer,
        AUTH_JWKS_URL: `${url(identityPort)}/.well-known/jwks.json`,
        SERVICE_TOKENS: SERVICE_TOKEN,
        SERVICE_TOKEN,
        DATABASE_URL: postgres.url,
      };
      const subgraphs = {
        catalog: url(catalog),
        tracker: url(tracker),
        viewing: url(viewing),
      };
      identity = runScript('subgraphs/identity/src/main.ts', {
        ...common,
        PORT: identityPort,
        DATABASE_URL: secrets.url,
        PAGE_REDIRECT_URIS: `${origin}/`,
      });
      processes.push(
        identity,
        runScript('subgraphs/catalog/src/main.ts', { ...common, PORT: catalog }),
        runScript('subgraphs/tracker/src/main.ts', {
          ...common,
          PORT: tracker,
          CATALOG_SERVICE_URL: url(catalog),
        }),
        runScript('subgraphs/viewing/src/main.ts', {
          ...common,
          SERVER_PORT: viewing,
          CONTENT_SERVICE_URL: url(catalog),
          CATALOG_SERVICE_URL: url(catalog),
          TRACKER_SERVICE_URL: url(tracker),
          IDENTITY_SERVICE_URL: url(identityPort),
        }),
        runScript('gateway/src/main.ts', {
          ...common,
          PORT: gateway,
          SIGN_IN_CLIENT_ID: 'giggityflix-page',
          GATEWAY_WEB_ROOT: webRoot,
          SUBGRAPHS: Object.entries(subgraphs)
            .map(([name, address]) => `${name}=${address}/graphql`)
            .join(','),
        }),
        runScript('edge/src/main.ts', {
          ...common,
          EDGE_ID: 'edge-of-production',
          GRPC_SERVER_ADDRESS: `127.0.0.1:${grpc}`,
          GRPC_USE_TLS: 'false',
          HTTP_PORT: edgeHttp,
          PLAYBACK_JWKS_URL: `${url(viewing)}/.well-known/jwks.json`,
        }),
        runScript('peer/src/main.ts', {
          HOME: directory,
          DATA_DIR: join(directory, 'peer'),
          MEDIA_DIRS: mediaDir,
          INCLUDE_EXTENSIONS: '.mp4,.webm',
          EDGE_GRPC_ADDRESS: `127.0.0.1:${grpc}`,
          GRPC_RECONNECT_INTERVAL_SEC: '1',
          HTTP_PORT: peerHttp,
          ENABLE_UPNP: 'false',
        }),
      );
      await vi
        .waitFor(async () => expect(await readiness(origin)).toBe('ready'), WAIT)
        .catch((error) => {
          throw new Error(processes.map((item) => item.output().slice(-2_000)).join('\n'), { cause: error });
        });
    }, 180_000);

    afterAll(async () => {
      await browser?.close();
      await Promise.all(processes.map((item) => item.end()));
      rmSync(directory, { recursive: true, force: true });
    });

    it('is set up by its owner, who signs in with a passkey, plays and seeks; and signs a TV in', {
      timeout: 180_000,
    }, async () => {
      const owner = await newVisitor(browser);
      const setUp = () => /http:\/\/localhost:\d+\/invitation\/[\w-]+/.exec(identity.output())?.[0];
      await expect.poll(setUp, WAIT).toBeDefined();
      await owner.signUp(setUp()!, 'Anna', 'passkey');
      await owner.signIn(origin, 'Anna', 'passkey');
      await expect.poll(() => owner.titles().count(), WAIT).toBe(2);
      await owner.watch('Counting Seconds');

      const tv = await newVisitor(browser, SOFA);
      await tv.signInByCode(origin, (code) => owner.approve(issuer, code));
      await expect.poll(() => tv.titles().count(), WAIT).toBe(2);
    });
  },
);
