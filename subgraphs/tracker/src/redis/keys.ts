import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

/**
 * Slots over which peers, files, registered names and owners are each spread. Enough to keep every master of a large
 * Cluster busy; few enough that a batch of files becomes few scripts. Fixed for the life of the data.
 */
export const SHARDS = 64;

/** Characters of an id as Redis keeps it. */
export const ID_LENGTH = 43;

/** Catalog ids as Redis keeps them: in base64url they take one allocation class less than in hexadecimal. */
export function encodeId(catalogId: string): string {
  return Buffer.from(catalogId, 'hex').toString('base64url');
}

export function decodeId(encoded: string): string {
  return Buffer.from(encoded, 'base64url').toString('hex');
}

/** Splits what a script joined. */
export function splitIds(joined: string): string[] {
  const ids: string[] = [];
  for (let at = 0; at < joined.length; at += ID_LENGTH) ids.push(joined.slice(at, at + ID_LENGTH));
  return ids;
}

const SHARD_OF_CHARACTER = new Map(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].map((character, index) => [
    character,
    index,
  ]),
);

/** A file's shard is the first character of its catalog id, which is part of a hash already. */
export function shardOfFile(encoded: string): number {
  return SHARD_OF_CHARACTER.get(encoded[0] as string) as number;
}

export function shardOf(text: string): number {
  return (createHash('sha1').update(text).digest()[0] as number) % SHARDS;
}

/** Every key of the tracker. The braces hold what chooses the slot. */
export function createKeys(namespace: string) {
  const slot = (kind: string, shard: number) => `${namespace}:{${kind}${shard}}:`;
  return {
    expiryDeferredUntil: `${namespace}:expiry-deferred-until`,
    /** Prefix of the keys of peers in one shard. */
    peers: (shard: number) => slot('p', shard),
    /** Keys of one peer, in the order transition.lua takes them. */
    peer(peerId: string): string[] {
      const prefix = slot('p', shardOf(peerId));
      return [
        `${prefix}peer:${peerId}`,
        `${prefix}own:${peerId}`,
        `${prefix}add:${peerId}`,
        `${prefix}remove:${peerId}`,
        `${prefix}staged:${peerId}`,
        `${prefix}early-add:${peerId}`,
        `${prefix}early-remove:${peerId}`,
        `${prefix}due`,
        `${prefix}repair`,
        `${prefix}list:CONNECTED`,
        `${prefix}list:STALE`,
        `${prefix}list:DISCONNECTED`,
        `${prefix}failed:${peerId}`,
      ];
    },
    record: (peerId: string) => `${slot('p', shardOf(peerId))}peer:${peerId}`,
    /** Files by when their check of that outcome is forgotten; `failed` is written by transition.lua. */
    checks: (peerId: string, outcome: string) => `${slot('p', shardOf(peerId))}${outcome}:${peerId}`,
    own: (peerId: string) => `${slot('p', shardOf(peerId))}own:${peerId}`,
    /** Prefix of the keys of files in one shard. */
    files: (shard: number) => slot('c', shard),
    outbox: (shard: number) => `${slot('c', shard)}outbox`,
    unpublished: (shard: number) => `${slot('c', shard)}unpublished`,
    outboxLease: (shard: number) => `${slot('c', shard)}outbox-lease`,
    filePeers: (encoded: string) => `${slot('c', shardOfFile(encoded))}peers:${encoded}`,
    /** A bounded number of the peers that proved to have a file. */
    provenPeers: (encoded: string) => `${slot('c', shardOfFile(encoded))}proven:${encoded}`,
    waiting: (encoded: string) => `${slot('c', shardOfFile(encoded))}subs:${encoded}`,
    waitingExpiry: (encoded: string) => `${slot('c', shardOfFile(encoded))}expiry:${encoded}`,
    ownerIndex: (owner: string) => `${slot('o', shardOf(owner))}subs:${owner}`,
    registeredNames: (shard: number) => `${slot('f', shard)}names`,
    /** Keys of one name in the file registry, in the order its scripts take them. */
    registration(name: string): string[] {
      const prefix = slot('f', shardOf(name));
      return [
        `${prefix}hash:${name}`,
        `${prefix}peers:${name}`,
        `${prefix}names`,
        `${prefix}expiry`,
        `${prefix}votes:${name}`,
      ];
    },
    membership: {
      members: `${namespace}:{m}:members`,
      member: (peerId: string) => `${namespace}:{m}:member:${peerId}`,
      invitations: `${namespace}:{m}:invitations`,
      invitationsOf: (account: string) => `${namespace}:{m}:invitations:${account}`,
      invitation: (id: string) => `${namespace}:{m}:invitation:${id}`,
      /** Open invitations of an account by their expiry. */
      open: (account: string) => `${namespace}:{m}:open:${account}`,
    },
    addressIndex: (ip: string) => `${slot('a', shardOf(ip))}files:${ip}`,
  };
}

export type Keys = ReturnType<typeof createKeys>;

/** 0 to {@link SHARDS} - 1. */
export const ALL_SHARDS: readonly number[] = Array.from({ length: SHARDS }, (_, shard) => shard);
