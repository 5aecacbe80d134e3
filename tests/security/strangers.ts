import { randomBytes } from 'node:crypto';
import { MediaDescription, MediaKind } from '@giggityflix/proto';
import { createTestPeer } from '../../edge/testing/peer.ts';

/** A peer under a fresh identity that says what its test wants, and waits for nothing. */
export interface Stranger {
  announce(ids: readonly Buffer[], changes?: { full?: boolean; removed?: readonly Buffer[] }): void;
  describe(id: Buffer, name: string): void;
  leave(): void;
}

/** Connects and registers. */
export async function connectStranger(port: number): Promise<Stranger> {
  const peer = createTestPeer({ port });
  await peer.register();
  let sequence = 0;
  const send = (message: Parameters<typeof peer.send>[0]) => {
    sequence += 1;
    peer.send(message, sequence);
  };
  return {
    announce(ids, { full = false, removed = [] } = {}) {
      const value = {
        full,
        catalogIds: [...ids],
        removedCatalogIds: [...removed],
        updateId: '',
        final: true,
      };
      send({ $case: 'catalogUpdate', value });
    },
    describe(catalogId, name) {
      const kind = MediaKind.MEDIA_KIND_MOVIE;
      const facts = { catalogId, name: `${name}.mkv`, title: name, sizeBytes: 1_000, kind };
      send({ $case: 'mediaDescription', value: MediaDescription.fromPartial(facts) });
    },
    leave: peer.vanish,
  };
}

export function randomIds(count: number): Buffer[] {
  const bytes = randomBytes(32 * count);
  return Array.from({ length: count }, (_, n) => bytes.subarray(32 * n, 32 * (n + 1)));
}
