import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** What peers send each other: probes, answers to them, and data, all under the key of their rendezvous. */
export const KIND = { probe: 1, answer: 2, data: 3 } as const;

export interface Packet {
  kind: number;
  /** Of a probe, and of the answer to it. */
  nonce: bigint;
  payload: Buffer;
}

/** Neither JSON ("{") nor STUN (two zero bits), so that all three share a socket. */
const MAGIC = 0xc7;
const HEADER_BYTES = 10;
const MAC_BYTES = 16;
/** Most bytes of payload in a packet that is never fragmented. */
export const MAX_PAYLOAD_BYTES = 1_200 - HEADER_BYTES - MAC_BYTES;

/**
 * `sender` is part of what is authenticated: a packet that comes back to its sender, from a NAT or an
 * attacker, is not mistaken for the other side's.
 */
export function encodePacket(key: KeyObject, sender: string, packet: Packet): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + packet.payload.length + MAC_BYTES);
  bytes[0] = MAGIC;
  bytes[1] = packet.kind;
  bytes.writeBigUInt64BE(packet.nonce, 2);
  bytes.set(packet.payload, HEADER_BYTES);
  bytes.set(macOf(key, sender, bytes.subarray(0, -MAC_BYTES)), bytes.length - MAC_BYTES);
  return bytes;
}

/** Null when it is not of that sender under that key. */
export function decodePacket(key: KeyObject, sender: string, bytes: Buffer): Packet | null {
  if (!looksLikePacket(bytes)) return null;
  const signed = bytes.subarray(0, -MAC_BYTES);
  if (!timingSafeEqual(macOf(key, sender, signed), bytes.subarray(-MAC_BYTES))) return null;
  return { kind: bytes[1]!, nonce: bytes.readBigUInt64BE(2), payload: signed.subarray(HEADER_BYTES) };
}

export function looksLikePacket(bytes: Buffer): boolean {
  return bytes.length >= HEADER_BYTES + MAC_BYTES && bytes[0] === MAGIC;
}

function macOf(key: KeyObject, sender: string, signed: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`${sender}\0`).update(signed).digest().subarray(0, MAC_BYTES);
}
