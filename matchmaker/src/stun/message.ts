import { crc32 } from 'node:zlib';
import { type Endpoint, familyOf } from '../endpoint.ts';

/** RFC 8489, section 5: every message since RFC 5389 carries it, right behind the length. */
const MAGIC_COOKIE = 0x2112a442;
const HEADER_LENGTH = 20;

export const CLASS = { request: 0x000, indication: 0x010, success: 0x100, error: 0x110 } as const;
export const BINDING = 0x001;
const CLASS_BITS = 0x110;

/** RFC 8489, section 18.3. */
export const ATTRIBUTE = {
  mappedAddress: 0x0001,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  realm: 0x0014,
  nonce: 0x0015,
  messageIntegritySha256: 0x001c,
  passwordAlgorithm: 0x001d,
  userhash: 0x001e,
  xorMappedAddress: 0x0020,
  fingerprint: 0x8028,
} as const;

/** "STUN" in ASCII, section 14.7. */
const FINGERPRINT_XOR = 0x5354554e;
const FINGERPRINT_LENGTH = 8;

export interface StunMessage {
  method: number;
  class: number;
  /** 12 bytes; a view into the datagram. */
  transactionId: Buffer;
  /** Types in the order they came. */
  attributes: readonly { type: number; value: Buffer }[];
  /** Whether it closed with a FINGERPRINT, which was right. */
  fingerprinted: boolean;
}

/** Whether a datagram claims to be STUN: two zero bits, then the cookie (section 5). JSON never does. */
export function looksLikeStun(datagram: Buffer): boolean {
  return (
    datagram.length >= HEADER_LENGTH &&
    (datagram[0]! & 0xc0) === 0 &&
    datagram.readUInt32BE(4) === MAGIC_COOKIE
  );
}

/** Parses a datagram; null when it is malformed or its FINGERPRINT is wrong, which nobody answers (section 6.3). */
export function parseStun(datagram: Buffer): StunMessage | null {
  if (!looksLikeStun(datagram)) return null;
  const length = datagram.readUInt16BE(2);
  if (length % 4 !== 0 || length + HEADER_LENGTH !== datagram.length) return null;
  const type = datagram.readUInt16BE(0);
  const attributes: { type: number; value: Buffer }[] = [];
  let fingerprinted = false;
  let at = HEADER_LENGTH;
  while (at < datagram.length) {
    if (fingerprinted || at + 4 > datagram.length) return null;
    const attribute = datagram.readUInt16BE(at);
    const size = datagram.readUInt16BE(at + 2);
    if (at + 4 + size > datagram.length) return null;
    const value = datagram.subarray(at + 4, at + 4 + size);
    if (attribute === ATTRIBUTE.fingerprint) {
      if (size !== 4 || value.readUInt32BE(0) !== fingerprintOf(datagram.subarray(0, at))) return null;
      fingerprinted = true;
    }
    attributes.push({ type: attribute, value });
    at += 4 + size + ((4 - (size % 4)) % 4);
  }
  return {
    method: methodOf(type),
    class: type & CLASS_BITS,
    transactionId: datagram.subarray(8, HEADER_LENGTH),
    attributes,
    fingerprinted,
  };
}

/** The bits of the class stand between those of the method (section 5, figure 3). */
function methodOf(type: number): number {
  return (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2);
}

function typeOf(method: number, messageClass: number): number {
  return (method & 0x000f) | ((method & 0x0070) << 1) | ((method & 0x0f80) << 2) | messageClass;
}

function fingerprintOf(before: Buffer): number {
  return (crc32(before) ^ FINGERPRINT_XOR) >>> 0;
}

/** Writes a message; `value`s are padded as the format wants. */
export function serializeStun(message: {
  method: number;
  class: number;
  transactionId: Uint8Array;
  attributes?: readonly { type: number; value: Uint8Array }[];
  fingerprint?: boolean;
}): Buffer {
  const { attributes = [], fingerprint = false } = message;
  let length = fingerprint ? FINGERPRINT_LENGTH : 0;
  for (const { value } of attributes) length += 4 + padded(value.length);
  // From the pool: a buffer of its own for each answer costs more than writing it.
  const bytes = Buffer.allocUnsafe(HEADER_LENGTH + length).fill(0);
  bytes.writeUInt16BE(typeOf(message.method, message.class), 0);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(MAGIC_COOKIE, 4);
  bytes.set(message.transactionId, 8);
  let at = HEADER_LENGTH;
  for (const { type, value } of attributes) {
    bytes.writeUInt16BE(type, at);
    bytes.writeUInt16BE(value.length, at + 2);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  if (fingerprint) {
    bytes.writeUInt16BE(ATTRIBUTE.fingerprint, at);
    bytes.writeUInt16BE(4, at + 2);
    bytes.writeUInt32BE(fingerprintOf(bytes.subarray(0, at)), at + 4);
  }
  return bytes;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

/** The value of XOR-MAPPED-ADDRESS (section 14.2), hidden from NATs that rewrite addresses in payloads. */
export function encodeXorAddress({ address, port }: Endpoint, transactionId: Uint8Array): Buffer {
  const ipv6 = familyOf(address) === 6;
  const value = Buffer.allocUnsafe(ipv6 ? 20 : 8);
  value[0] = 0;
  value[1] = ipv6 ? 2 : 1;
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  const bytes = ipv6 ? ipv6Bytes(address) : ipv4Bytes(address);
  for (let i = 0; i < bytes.length; i += 1) value[4 + i] = bytes[i]! ^ maskByte(i, transactionId);
  return value;
}

/** Reads an XOR-MAPPED-ADDRESS; null when it is malformed. */
export function decodeXorAddress(value: Buffer, transactionId: Uint8Array): Endpoint | null {
  const size = value[1] === 1 ? 4 : value[1] === 2 ? 16 : 0;
  if (size === 0 || value.length !== 4 + size) return null;
  const bytes = Array.from({ length: size }, (_, i) => value[4 + i]! ^ maskByte(i, transactionId));
  const port = value.readUInt16BE(2) ^ (MAGIC_COOKIE >>> 16);
  if (size === 4) return { address: bytes.join('.'), port };
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  return { address: new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1), port };
}

function maskByte(index: number, transactionId: Uint8Array): number {
  return index < 4 ? (MAGIC_COOKIE >>> (24 - 8 * index)) & 0xff : transactionId[index - 4]!;
}

function ipv4Bytes(address: string): number[] {
  return address.split('.').map(Number);
}

function ipv6Bytes(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const zeros = new Array<number>(8 - first.length - last.length).fill(0);
  return [...first, ...zeros, ...last].flatMap((group) => [group >> 8, group & 0xff]);
}
