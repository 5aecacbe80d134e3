/**
 * Which key a custom peer id belongs to. Derived ids need no record: they are their key.
 *
 * Adapters: `peer-keys.embedded.ts` (a SQLite file) and `peer-keys.redis.ts`; both pass
 * `peer-keys.compliance.ts`.
 */
export interface PeerKeys {
  /** The key `peerId` is bound to, or null. Rejects when the store cannot be reached. */
  find(peerId: string): Promise<Buffer | null>;
  /**
   * Binds `peerId` to `publicKey` unless it is bound already, and returns the key it is bound to afterwards.
   * Atomic: of two keys racing for a new id exactly one wins, and both callers get that one.
   * Rejects when the store cannot be reached.
   */
  bind(peerId: string, publicKey: Uint8Array): Promise<Buffer>;
}
