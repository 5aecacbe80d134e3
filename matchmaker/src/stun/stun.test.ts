import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { octetsOf } from '../endpoints/endpoint.ts';
import { answerBinding } from './binding.ts';
import {
  ATTRIBUTE,
  BINDING,
  CLASS,
  decodeXorAddress,
  encodeXorAddress,
  parseStun,
  serializeStun,
} from './message.ts';

/** The cookie and a transaction id. */
const id = Buffer.from('2112a442b7e7a701bc34d686fa87dfae', 'hex');
const source = { octets: octetsOf('192.0.2.1'), port: 32_853 };

/** RFC 5769, section 2.1: a request with SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME, MESSAGE-INTEGRITY, FINGERPRINT. */
const SAMPLE_REQUEST = Buffer.from(
  '000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74' +
    '002400046e0001ff80290008932ff9b151263b36000600096576746a3a683676592020200008' +
    '00149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf',
  'hex',
);
/** RFC 5769, section 2.2: the XOR-MAPPED-ADDRESS of 192.0.2.1:32853. */
const SAMPLE_XOR_ADDRESS = Buffer.from('0001a147e112a643', 'hex');
/** RFC 5769, section 2.3: the one of 2001:db8:1234:5678:11:2233:4455:6677, port 32853. */
const SAMPLE_XOR_ADDRESS_6 = Buffer.from('0002a1470113a9faa5d3f179bc25f4b5bed2b9d9', 'hex');

const request = (attributes: { type: number; value: Uint8Array }[] = [], fingerprint = false) =>
  serializeStun({ method: BINDING, class: CLASS.request, id, attributes, fingerprint });

describe('the test vectors of RFC 5769', () => {
  it('a request with a fingerprint', () => {
    const message = parseStun(SAMPLE_REQUEST);
    expect(message).toMatchObject({ method: BINDING, class: CLASS.request, fingerprinted: true });
    expect(message?.attributes.map(({ type }) => type)).toEqual([0x8022, 0x24, 0x8029, 0x06, 0x08, 0x8028]);
  });
  it('the mapped addresses of both families', () => {
    const six = '2001:db8:1234:5678:11:2233:4455:6677';
    expect(encodeXorAddress(source.octets, source.port, id)).toEqual(SAMPLE_XOR_ADDRESS);
    expect(encodeXorAddress(octetsOf(six), source.port, id)).toEqual(SAMPLE_XOR_ADDRESS_6);
    expect(decodeXorAddress(SAMPLE_XOR_ADDRESS, id)).toEqual({ address: '192.0.2.1', port: 32_853 });
    expect(decodeXorAddress(SAMPLE_XOR_ADDRESS_6, id)).toEqual({ address: six, port: 32_853 });
  });
});

function answerTo(datagram: Buffer) {
  const outcome = answerBinding(datagram, source);
  return outcome.kind === 'answer' ? parseStun(outcome.datagram) : null;
}

describe('a Binding request', () => {
  it('is answered with the address it came from', () => {
    const answer = answerTo(request());
    expect(answer).toMatchObject({ class: CLASS.success, id, fingerprinted: false });
    expect(decodeXorAddress(answer?.attributes[0]?.value as Buffer, id)).toEqual({
      address: '192.0.2.1',
      port: 32_853,
    });
  });
  it('with a fingerprint is answered with one', () => {
    expect(answerTo(request([], true))).toMatchObject({ fingerprinted: true });
  });
  it('with an attribute that must be understood and is not is refused with 420 and its type', () => {
    const answer = answerTo(request([{ type: 0x0003, value: Buffer.alloc(4) }]));
    expect(answer?.class).toBe(CLASS.error);
    const [error, unknown] = answer?.attributes ?? [];
    expect(error).toMatchObject({ type: ATTRIBUTE.errorCode, value: Buffer.from([0, 0, 4, 20]) });
    expect(unknown).toMatchObject({ type: ATTRIBUTE.unknownAttributes, value: Buffer.from([0, 3]) });
  });
  it('may carry anything behind its MESSAGE-INTEGRITY', () => {
    const signed = { type: ATTRIBUTE.messageIntegrity, value: Buffer.alloc(20) };
    const behind = { type: 0x7777, value: Buffer.alloc(0) };
    expect(answerTo(request([signed, behind]))?.class).toBe(CLASS.success);
    expect(answerTo(request([behind, signed]))?.class).toBe(CLASS.error);
  });
  it('with an attribute that may be left unread is answered', () => {
    const answer = answerTo(request([{ type: 0x802c, value: Buffer.from('abcde') }]));
    expect(answer).toMatchObject({
      class: CLASS.success,
      attributes: [{ type: ATTRIBUTE.xorMappedAddress }],
    });
  });
  it('gets SOFTWARE where that makes the response no longer than the request', () => {
    const software = (length: number) => [{ type: ATTRIBUTE.software, value: Buffer.alloc(length, 'x') }];
    expect(answerTo(request(software(20)))?.attributes).toHaveLength(1);
    expect(answerTo(request(software(44)))?.attributes.map(({ type }) => type)).toEqual([
      ATTRIBUTE.xorMappedAddress,
      ATTRIBUTE.software,
    ]);
  });
});

it.each([
  ['with a wrong fingerprint', () => flipLastBit(request([], true))],
  ['with bytes behind its end', () => Buffer.concat([request(), Buffer.alloc(4)])],
  ['cut short', () => request([{ type: 0x8022, value: Buffer.alloc(8) }]).subarray(0, 24)],
  ['with an attribute that leaves the message', () => overlong()],
  ['of another method', () => serializeStun({ method: 0x003, class: CLASS.request, id })],
  ['that is an answer', () => serializeStun({ method: BINDING, class: CLASS.success, id })],
])('a message %s is ignored', (_what, make) => {
  expect(answerBinding(make(), source).kind).toBe('ignored');
});

describe('a Binding request of RFC 3489, without the magic cookie', () => {
  const classicId = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
  const ask = (attributes: { type: number; value: Uint8Array }[]) =>
    answerTo(serializeStun({ method: BINDING, class: CLASS.request, id: classicId, attributes }));

  it('is answered with its whole id and the plain address', () => {
    const answer = ask([]);
    expect(answer).toMatchObject({ class: CLASS.success, classic: true, id: classicId });
    expect(answer?.attributes).toEqual([
      { type: ATTRIBUTE.mappedAddress, value: Buffer.from('00018055c0000201', 'hex') },
    ]);
  });
  it('that asks for nothing to be changed is answered, and one that does is refused', () => {
    const change = (flags: number) => [
      { type: ATTRIBUTE.changeRequest, value: Buffer.from([0, 0, 0, flags]) },
    ];
    expect(ask(change(0))?.class).toBe(CLASS.success);
    expect(ask(change(6))?.class).toBe(CLASS.error);
  });
  it('never has its answer sent elsewhere', () => {
    const responseAddress = [{ type: 0x0002, value: Buffer.from('00018055c0000202', 'hex') }];
    const refused = ask(responseAddress);
    expect(refused?.class).toBe(CLASS.error);
    expect(refused?.attributes[1]?.value).toEqual(Buffer.from([0, 2, 0, 2]));
  });
});

it('an indication holds a mapping open and is not answered', () => {
  const indication = serializeStun({ method: BINDING, class: CLASS.indication, id });
  expect(answerBinding(indication, source).kind).toBe('keepalive');
});

it('whatever is serialized parses to the same', () => {
  fc.assert(
    fc.property(
      fc.record({
        method: fc.integer({ min: 0, max: 0xfff }),
        class: fc.constantFrom(...Object.values(CLASS)),
        attributes: fc.array(
          fc.record({ type: fc.integer({ min: 0, max: 0x7fff }), value: fc.uint8Array({ maxLength: 40 }) }),
          { maxLength: 6 },
        ),
        fingerprint: fc.boolean(),
      }),
      ({ method, class: messageClass, attributes, fingerprint }) => {
        const datagram = serializeStun({
          method,
          class: messageClass,
          id,
          attributes,
          fingerprint,
        });
        const parsed = parseStun(datagram);
        expect(parsed).toMatchObject({ method, class: messageClass, fingerprinted: fingerprint });
        const kept = parsed?.attributes.filter(({ type }) => type !== ATTRIBUTE.fingerprint);
        expect(kept?.map(({ type, value }) => [type, [...value]])).toEqual(
          attributes.map(({ type, value }) => [type, [...value]]),
        );
      },
    ),
    { numRuns: 200 },
  );
});

it('no bytes make the parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, withCookie) => {
      const datagram = Buffer.concat([withCookie ? request().subarray(0, 20) : Buffer.alloc(0), bytes]);
      if (withCookie) datagram.writeUInt16BE(bytes.length & ~3, 2);
      expect(() => answerBinding(datagram, source)).not.toThrow();
    }),
    { numRuns: 500 },
  );
});

function flipLastBit(datagram: Buffer): Buffer {
  const copy = Buffer.from(datagram);
  copy[copy.length - 1]! ^= 1;
  return copy;
}

function overlong(): Buffer {
  const datagram = request([{ type: 0x8022, value: Buffer.alloc(4) }]);
  datagram.writeUInt16BE(8, 22);
  return datagram;
}
