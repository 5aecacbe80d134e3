import type { SqliteDatabase } from '@giggityflix/state';
import type { PeerKeys } from './peer-keys.ts';

/** {@link PeerKeys} in a database of `openEdgeState`. */
export function createEmbeddedPeerKeys(database: SqliteDatabase): PeerKeys {
  const insert = database.prepare<[string, Buffer]>(
    'INSERT INTO peer_keys (peer_id, public_key) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const select = database
    .prepare<[string], Buffer>('SELECT public_key FROM peer_keys WHERE peer_id = ?')
    .pluck();
  const bind = database.transaction((peerId: string, publicKey: Buffer) => {
    const known = select.get(peerId);
    if (known) return known as unknown as Buffer;
    insert.run(peerId, publicKey);
    return publicKey;
  });
  return {
    find: async (peerId) => select.get(peerId) ?? null,
    bind: async (peerId, publicKey) => bind.immediate(peerId, Buffer.from(publicKey)),
  };
}
