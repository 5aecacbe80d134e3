import {
  ATTRIBUTE,
  BINDING,
  CLASS,
  encodeAddress,
  encodeXorAddress,
  parseStun,
  type StunAttribute,
  type StunMessage,
  serializeStun,
} from './message.ts';

export type StunOutcome =
  | { kind: 'answer'; datagram: Buffer }
  /** A Binding indication: a client holding its mapping open. */
  | { kind: 'keepalive' }
  | { kind: 'ignored' };

/** Where a request came from. */
export interface StunSource {
  /** Of the address, 4 or 16. */
  octets: Uint8Array;
  port: number;
}

/** Attributes below are for the server to understand or to refuse (RFC 8489, section 14). */
const OPTIONAL_FROM = 0x8000;
/**
 * Understood: those of STUN itself. This server asks for no credentials, so it may leave the ones
 * about them unread (section 9). Those of ICE or NAT behaviour discovery are refused.
 */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  ATTRIBUTE.mappedAddress,
  ATTRIBUTE.username,
  ATTRIBUTE.realm,
  ATTRIBUTE.nonce,
  ATTRIBUTE.passwordAlgorithm,
  ATTRIBUTE.userhash,
  ATTRIBUTE.xorMappedAddress,
]);
/** Most types a response lists: it must not be longer than the request. */
const MAX_LISTED = 8;
const SOFTWARE: StunAttribute = { type: ATTRIBUTE.software, value: Buffer.from('giggityflix') };
/** From this length of a request the response has room for SOFTWARE without being longer: header, address, it, FINGERPRINT. */
const ROOM_FOR_SOFTWARE = 20 + 24 + 16 + 8;

const IGNORED: StunOutcome = { kind: 'ignored' };
const KEEPALIVE: StunOutcome = { kind: 'keepalive' };

/**
 * A STUN server's side of the Binding method, without credentials (RFC 8489, section 12). Clients of RFC 3489 get
 * MAPPED-ADDRESS, as they support no other (RFC 5389, section 12.2).
 */
export function answerBinding(datagram: Buffer, source: StunSource): StunOutcome {
  const message = parseStun(datagram);
  if (!message || message.method !== BINDING) return IGNORED;
  if (message.class === CLASS.indication) return KEEPALIVE;
  if (message.class !== CLASS.request) return IGNORED;
  const { attributes } = message;
  if (attributes.length > 0) {
    const unknown = unknownRequired(message);
    if (unknown.length > 0) return { kind: 'answer', datagram: refuse(message, unknown) };
  }
  const address = message.classic
    ? { type: ATTRIBUTE.mappedAddress, value: encodeAddress(source.octets, source.port) }
    : { type: ATTRIBUTE.xorMappedAddress, value: encodeXorAddress(source.octets, source.port, message.id) };
  return {
    kind: 'answer',
    datagram: serializeStun({
      method: BINDING,
      class: CLASS.success,
      id: message.id,
      attributes: datagram.length < ROOM_FOR_SOFTWARE ? [address] : [address, SOFTWARE],
      fingerprint: message.fingerprinted,
    }),
  };
}

function unknownRequired({ attributes, classic }: StunMessage): number[] {
  const unknown: number[] = [];
  for (const { type, value } of attributes) {
    // What follows is not under the signature and MUST be ignored (section 14.5).
    if (type === ATTRIBUTE.messageIntegrity || type === ATTRIBUTE.messageIntegritySha256) break;
    if (type >= OPTIONAL_FROM || UNDERSTOOD.has(type) || unknown.includes(type)) continue;
    // Many clients of RFC 3489 always send it, all zero: respond from the same address.
    if (classic && type === ATTRIBUTE.changeRequest && value.every((byte) => byte === 0)) continue;
    unknown.push(type);
  }
  // RFC 3489 has attributes fill whole words: a list of odd length names one twice (section 11.2.10).
  if (classic && unknown.length % 2 === 1) unknown.push(unknown.at(-1) as number);
  return unknown.slice(0, MAX_LISTED);
}

/** 420 Unknown Attribute, with the list of them (sections 14.8 and 14.13). */
function refuse(message: StunMessage, unknown: readonly number[]): Buffer {
  const listed = Buffer.alloc(2 * unknown.length);
  unknown.forEach((type, index) => {
    listed.writeUInt16BE(type, 2 * index);
  });
  return serializeStun({
    method: BINDING,
    class: CLASS.error,
    id: message.id,
    attributes: [
      { type: ATTRIBUTE.errorCode, value: Buffer.from([0, 0, 4, 20]) },
      { type: ATTRIBUTE.unknownAttributes, value: listed },
    ],
    fingerprint: message.fingerprinted,
  });
}
