import { crc32 } from 'node:zlib';
import { canonicalAddress, type Endpoint } from '../endpoints/endpoint.ts';

/** RFC 8489, section 5: every message since RFC 5389 carries it, right behind the length. */
const MAGIC_COOKIE = 0x2112a442;
const HEADER_LENGTH = 20;
/** Where the transaction id begins: 12 bytes behind the cookie, or 16 with it for clients of RFC 3489. */
const COOKIE_AT = 4;

export const CLASS = { request: 0x000, indication: 0x010, success: 0x100, error: 0x110 } as const;
export const BINDING = 0x001;
const CLASS_BITS = 0x110;

/** RFC 8489, section 18.3; CHANGE-REQUEST of RFC 3489 and RFC 5780. */
export const ATTRIBUTE = {
  mappedAddress: 0x0001,
  changeRequest: 0x0003,
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
  software: 0x8022,
  fingerprint: 0x8028,
} as const;

/** "STUN" in ASCII, section 14.7. */
const FINGERPRINT_XOR = 0x5354554e;
const FINGERPRINT_LENGTH = 8;

export interface StunAttribute {
  type: number;
  value: Uint8Array;
}

export interface StunMessage {
  method: number;
  class: number;
  /** The magic cookie and the transaction id, 16 bytes; all of them are the id in RFC 3489. A view into the datagram. */
  id: Uint8Array;
  /** Whether it is of RFC 3489: without the magic cookie. */
  classic: boolean;
  /** In the order they came. */
  attributes: readonly StunAttribute[];
  /** Whether it closed with a FINGERPRINT, which was right. */
  fingerprinted: boolean;
}

/**
 * Whether a datagram claims to be STUN: two zero bits, then the cookie (section 5), or the Binding request of
 * RFC 3489. JSON is neither, as no text of it begins with a zero byte.
 */
export function looksLikeStun(datagram: Buffer): boolean {
  if (datagram.length < HEADER_LENGTH || (datagram[0]! & 0xc0) !== 0) return false;
  return hasCookie(datagram) || (datagram[0] === 0 && datagram[1] === BINDING);
}

function hasCookie(datagram: Uint8Array): boolean {
  return datagram[4] === 0x21 && datagram[5] === 0x12 && datagram[6] === 0xa4 && datagram[7] === 0x42;
}

/** Parses a datagram; null when it is malformed or its FINGERPRINT is wrong, which is not answered (section 6.3). */
export function parseStun(datagram: Buffer): StunMessage | null {
  if (datagram.length < HEADER_LENGTH || (datagram[0]! & 0xc0) !== 0) return null;
  const length = datagram.readUInt16BE(2);
  if (length % 4 !== 0 || length + HEADER_LENGTH !== datagram.length) return null;
  const type = datagram.readUInt16BE(0);
  const attributes: StunAttribute[] = [];
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
    at += 4 + padded(size);
  }
  return {
    method: methodOf(type),
    class: type & CLASS_BITS,
    id: datagram.subarray(COOKIE_AT, HEADER_LENGTH),
    classic: !hasCookie(datagram),
    attributes,
    fingerprinted,
  };
}

/** The bits of the class are between those of the method (section 5, figure 3). */
function methodOf(type: number): number {
  return (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2);
}

function typeOf(method: number, messageClass: number): number {
  return (method & 0x000f) | ((method & 0x0070) << 1) | ((method & 0x0f80) << 2) | messageClass;
}

function fingerprintOf(before: Uint8Array): number {
  return (crc32(before) ^ FINGERPRINT_XOR) >>> 0;
}

/** Writes a message; `value`s are padded as the format wants. */
export function serializeStun(message: {
  method: number;
  class: number;
  /** As in {@link StunMessage}. */
  id: Uint8Array;
  attributes?: readonly StunAttribute[];
  fingerprint?: boolean;
}): Buffer {
  const { attributes = [], fingerprint = false } = message;
  let length = fingerprint ? FINGERPRINT_LENGTH : 0;
  for (const { value } of attributes) length += 4 + padded(value.length);
  // From the pool: a buffer of its own for each answer costs more than writing it.
  const bytes = Buffer.allocUnsafe(HEADER_LENGTH + length);
  writeUInt16(bytes, 0, typeOf(message.method, message.class));
  writeUInt16(bytes, 2, length);
  copy(message.id, bytes, COOKIE_AT);
  let at = HEADER_LENGTH;
  for (const { type, value } of attributes) {
    writeUInt16(bytes, at, type);
    writeUInt16(bytes, at + 2, value.length);
    at += 4;
    copy(value, bytes, at);
    for (let n = value.length; n < padded(value.length); n += 1) bytes[at + n] = 0;
    at += padded(value.length);
  }
  if (fingerprint) {
    writeUInt16(bytes, at, ATTRIBUTE.fingerprint);
    writeUInt16(bytes, at + 2, 4);
    bytes.writeUInt32BE(fingerprintOf(bytes.subarray(0, at)), at + 4);
  }
  return bytes;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function writeUInt16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 0xff;
}

/** A loop: for the few bytes of an attribute, `set` costs several times as much. */
function copy(from: Uint8Array, to: Uint8Array, at: number): void {
  for (let n = 0; n < from.length; n += 1) to[at + n] = from[n]!;
}

/** The value of MAPPED-ADDRESS (section 14.1). */
export function encodeAddress(octets: Uint8Array, port: number): Uint8Array {
  const value = Buffer.allocUnsafe(4 + octets.length);
  value[0] = 0;
  value[1] = octets.length === 4 ? 1 : 2;
  writeUInt16(value, 2, port);
  copy(octets, value, 4);
  return value;
}

/**
 * The value of XOR-MAPPED-ADDRESS (section 14.2), hidden from NATs that rewrite addresses in payloads. The mask is
 * the cookie and the transaction id, {@link StunMessage.id}.
 */
export function encodeXorAddress(octets: Uint8Array, port: number, id: Uint8Array): Uint8Array {
  const value = encodeAddress(octets, port ^ (MAGIC_COOKIE >>> 16));
  for (let n = 0; n < octets.length; n += 1) value[4 + n] = value[4 + n]! ^ id[n]!;
  return value;
}

/** Reads an XOR-MAPPED-ADDRESS; null when it is malformed. */
export function decodeXorAddress(value: Uint8Array, id: Uint8Array): Endpoint | null {
  const size = value[1] === 1 ? 4 : value[1] === 2 ? 16 : 0;
  if (size === 0 || value.length !== 4 + size) return null;
  const octets = value.subarray(4).map((byte, n) => byte ^ id[n]!);
  const port = ((value[2]! << 8) | value[3]!) ^ (MAGIC_COOKIE >>> 16);
  if (size === 4) return { address: octets.join('.'), port };
  const groups = Array.from({ length: 8 }, (_, n) =>
    ((octets[2 * n]! << 8) | octets[2 * n + 1]!).toString(16),
  );
  return { address: canonicalAddress(groups.join(':')) as string, port };
}
