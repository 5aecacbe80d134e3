import type { Endpoint } from '../endpoint.ts';
import {
  ATTRIBUTE,
  BINDING,
  CLASS,
  encodeXorAddress,
  parseStun,
  type StunMessage,
  serializeStun,
} from './message.ts';

export type StunOutcome =
  | { kind: 'answer'; datagram: Buffer }
  /** A Binding indication: a client holding its mapping open. */
  | { kind: 'keepalive' }
  | { kind: 'ignored' };

/** Attributes below are for the server to understand or to refuse (RFC 8489, section 14). */
const OPTIONAL_FROM = 0x8000;
/**
 * Understood: those of STUN itself. This server asks nobody for credentials, so it may leave the ones
 * about them unread (section 9). Those of ICE or NAT behaviour discovery are refused.
 */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  ATTRIBUTE.mappedAddress,
  ATTRIBUTE.username,
  ATTRIBUTE.messageIntegrity,
  ATTRIBUTE.realm,
  ATTRIBUTE.nonce,
  ATTRIBUTE.messageIntegritySha256,
  ATTRIBUTE.passwordAlgorithm,
  ATTRIBUTE.userhash,
  ATTRIBUTE.xorMappedAddress,
]);
/** Most types an answer lists: it must not outgrow the question. */
const MAX_LISTED = 8;

const IGNORED: StunOutcome = { kind: 'ignored' };

/** A STUN server's side of the Binding method, without credentials (RFC 8489, section 12). */
export function answerBinding(datagram: Buffer, source: Endpoint): StunOutcome {
  const message = parseStun(datagram);
  if (!message || message.method !== BINDING) return IGNORED;
  if (message.class === CLASS.indication) return { kind: 'keepalive' };
  if (message.class !== CLASS.request) return IGNORED;
  const unknown = unknownRequired(message);
  if (unknown.length > 0) return { kind: 'answer', datagram: refuse(message, unknown) };
  return {
    kind: 'answer',
    datagram: serializeStun({
      method: BINDING,
      class: CLASS.success,
      transactionId: message.transactionId,
      attributes: [
        { type: ATTRIBUTE.xorMappedAddress, value: encodeXorAddress(source, message.transactionId) },
      ],
      fingerprint: message.fingerprinted,
    }),
  };
}

function unknownRequired({ attributes }: StunMessage): number[] {
  const unknown: number[] = [];
  for (const { type } of attributes)
    if (type < OPTIONAL_FROM && !UNDERSTOOD.has(type) && !unknown.includes(type)) unknown.push(type);
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
    transactionId: message.transactionId,
    attributes: [
      { type: ATTRIBUTE.errorCode, value: Buffer.from([0, 0, 4, 20]) },
      { type: ATTRIBUTE.unknownAttributes, value: listed },
    ],
    fingerprint: message.fingerprinted,
  });
}
