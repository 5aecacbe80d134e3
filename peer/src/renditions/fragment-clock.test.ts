import { describe, expect, it } from 'vitest';
import { createFragmentClock } from './fragment-clock.ts';
import { boxes, findBox } from './mp4-boxes.ts';

const uint32 = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
};
const uint64 = (value: number) => uint32(Math.floor(value / 2 ** 32), value % 2 ** 32);
const box = (type: string, ...content: Buffer[]) => {
  const bytes = Buffer.concat(content);
  return Buffer.concat([uint32(bytes.length + 8), Buffer.from(type, 'latin1'), bytes]);
};
const track = (id: number, handler: string, timescale: number) =>
  box(
    'trak',
    box('tkhd', uint32(0, 0, 0, id)),
    box(
      'mdia',
      box('mdhd', uint32(0, 0, 0, timescale)),
      box('hdlr', uint32(0, 0), Buffer.from(handler, 'latin1')),
    ),
  );
/** A part of a fragment whose first sample is presented some units after its time. */
const part = (id: number, time: number, offset = 0) =>
  box(
    'traf',
    box('tfhd', uint32(0, id)),
    box('tfdt', uint32(0x01000000), uint64(time)),
    box('trun', uint32(0x800 | 0x1, 1, 0, offset)),
  );
const fragment = (...parts: Buffer[]) =>
  Buffer.concat([box('moof', ...parts), box('mdat', Buffer.from('media'))]);

const VIDEO = 1;
const AUDIO = 2;
const movie = box('moov', track(VIDEO, 'vide', 1_000), track(AUDIO, 'soun', 48_000));
const head = Buffer.concat([box('ftyp', Buffer.from('isom')), movie]);

function timesOf(bytes: Buffer) {
  return [...boxes(bytes, 0, bytes.length)]
    .filter(({ type }) => type === 'moof')
    .map((moof) =>
      [...boxes(bytes, moof.from, moof.to)].map((each) =>
        Number(bytes.readBigUInt64BE(findBox(bytes, each, 'tfdt')!.from + 4)),
      ),
    );
}

function cutsOf(bytes: Buffer) {
  const whole = findBox(bytes, { from: 0, to: bytes.length }, 'moov')!;
  return [...boxes(bytes, whole.from, whole.to)].map((each) => {
    const edit = findBox(bytes, each, 'edts', 'elst');
    return edit ? Number(bytes.readBigInt64BE(edit.from + 16)) : null;
  });
}

describe('the clock of a stream of fragments', () => {
  it('says when the first pictures and sounds are presented', () => {
    const clock = createFragmentClock();
    clock.push(Buffer.concat([head, fragment(part(VIDEO, 100_000, 80), part(AUDIO, 4_799_000))]));
    expect(clock.first()).toEqual([
      { kind: 'video', seconds: 100.08 },
      { kind: 'audio', seconds: 4_799_000 / 48_000 },
    ]);
  });

  it('sets every time, and cuts off by edit lists what comes before its zero', () => {
    const clock = createFragmentClock();
    const before = clock.push(
      Buffer.concat([head, fragment(part(VIDEO, 100_000, 80), part(AUDIO, 4_799_000))]),
    );
    const bytes = Buffer.concat([
      before,
      clock.start(100.08),
      clock.push(fragment(part(VIDEO, 102_000, 80), part(AUDIO, 4_896_000))),
    ]);
    expect(cutsOf(bytes)).toEqual([80, 4_803_840 - 4_799_000]);
    expect(timesOf(bytes)).toEqual([
      [0, 0],
      [2_000, 4_896_000 - 4_799_000],
    ]);
    expect(bytes.toString('latin1').match(/media/g)).toHaveLength(2);
  });

  it('leaves tracks that begin later where they are', () => {
    const clock = createFragmentClock();
    const before = clock.push(Buffer.concat([head, fragment(part(VIDEO, 50_000))]));
    const bytes = Buffer.concat([before, clock.start(50), clock.push(fragment(part(AUDIO, 52 * 48_000)))]);
    expect(cutsOf(bytes)).toEqual([null, null]);
    expect(timesOf(bytes)).toEqual([[0], [2 * 48_000]]);
  });

  it('gives the same bytes however they come', () => {
    const stream = Buffer.concat([
      head,
      fragment(part(VIDEO, 100_000, 80), part(AUDIO, 4_799_000)),
      fragment(part(VIDEO, 102_000, 80)),
    ]);
    const pass = (size: number) => {
      const clock = createFragmentClock();
      const out: Buffer[] = [];
      let isStarted = false;
      for (let at = 0; at < stream.length; at += size) {
        out.push(clock.push(stream.subarray(at, at + size)));
        if (isStarted || !clock.first()) continue;
        out.push(clock.start(100));
        isStarted = true;
      }
      return Buffer.concat(out).toString('hex');
    };
    const whole = pass(stream.length);
    for (const size of [1, 7, 64, 1_000]) expect(pass(size)).toBe(whole);
  });

  it('refuses a description that nobody would write', () => {
    const clock = createFragmentClock();
    expect(() => clock.push(Buffer.concat([uint32(0x7fffffff), Buffer.from('moof')]))).toThrow(
      'its moof box',
    );
  });
});
