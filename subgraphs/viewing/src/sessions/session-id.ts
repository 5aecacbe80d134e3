import { hash, randomUUID } from 'node:crypto';

/**
 * All of an account's sessions are in one shard, so that admission is one script on one Redis slot. 256
 * shards spread over any Cluster of realistic size, and are few enough to be swept every second.
 */
export const SHARD_COUNT = 256;

const SESSION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-8([0-9a-f]{3})-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The shard of an account. */
export function shardOfUser(userId: string): number {
  return Number.parseInt(hash('sha256', userId).slice(0, 4), 16) % SHARD_COUNT;
}

/**
 * A UUIDv8 (RFC 9562): the time in its first 48 bits as in a UUIDv7, the account's shard in the twelve bits
 * after the version, 62 random bits. A session is thus found by its id alone, without an index.
 */
export function newSessionId(userId: string, now: number = Date.now()): string {
  const time = now.toString(16).padStart(12, '0');
  const shard = shardOfUser(userId).toString(16).padStart(3, '0');
  // A UUIDv4 ends in the same variant bits and 62 random ones, and Node.js draws those in advance.
  const end = randomUUID().slice(19);
  return `${time.slice(0, 8)}-${time.slice(8)}-8${shard}-${end}`;
}

/** The shard a session id points to; null for any other string. */
export function shardOfSession(sessionId: string): number | null {
  const digits = SESSION_ID.exec(sessionId)?.[1];
  if (digits === undefined) return null;
  const shard = Number.parseInt(digits, 16);
  return shard < SHARD_COUNT ? shard : null;
}
