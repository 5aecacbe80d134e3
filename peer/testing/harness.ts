import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { onTestFinished } from 'vitest';
import { type PeerConfig, readEnvironment } from '../src/environment.ts';
import { createPeer, type Peer } from '../src/service.ts';

export const silent = createLogger({ service: 'peer', level: 'silent' });

/** A folder that goes when the test ends. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'peer-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The variables of a daemon that shares `<dir>/media`, keeps its data in `<dir>/data`, and touches nothing else. */
export function testEnvironment(dir: string, overrides: Record<string, string> = {}): Record<string, string> {
  const media = join(dir, 'media');
  mkdirSync(media, { recursive: true });
  return {
    MEDIA_DIRS: media,
    DATA_DIR: join(dir, 'data'),
    EDGE_GRPC_ADDRESS: '127.0.0.1:9',
    HTTP_PORT: '0',
    ENABLE_UPNP: 'false',
    AUTO_SCREENSHOTS: '0',
    EXTRACT_METADATA: 'false',
    GRPC_RECONNECT_INTERVAL_SEC: '1',
    GRPC_RECONNECT_INITIAL_MS: '50',
    LOG_LEVEL: 'silent',
    ...overrides,
  };
}

export function testConfig(dir: string, overrides: Record<string, string> = {}): PeerConfig {
  return readEnvironment(testEnvironment(dir, overrides));
}

/** A running daemon that stops when the test ends. */
export async function startPeer(config: PeerConfig): Promise<Peer> {
  const peer = createPeer(config, { logger: silent });
  onTestFinished(() => peer.stop());
  await peer.start();
  return peer;
}
