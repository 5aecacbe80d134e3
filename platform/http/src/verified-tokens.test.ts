import { describe, expect, it } from 'vitest';
import { createVerifiedTokens } from './verified-tokens.ts';

describe('verified tokens', () => {
  it('are known by their every character, until the moment given', () => {
    let time = 1_000;
    const tokens = createVerifiedTokens<string>({ max: 10 }, () => time);
    tokens.add('head.payload.signature', 'ann', 2_000);
    time = 1_999;
    expect(tokens.get('head.payload.signature')).toBe('ann');
    expect(tokens.get('head.payload.signaturf')).toBeUndefined();
    time = 2_000;
    expect(tokens.get('head.payload.signature')).toBeUndefined();
  });

  it('make room for new ones, the one used longest ago first', () => {
    const tokens = createVerifiedTokens<number>({ max: 2 }, () => 0);
    tokens.add('one', 1, 10);
    tokens.add('two', 2, 10);
    tokens.add('one', 1, 10);
    tokens.add('three', 3, 10);
    expect(['one', 'two', 'three'].map(tokens.get)).toEqual([1, undefined, 3]);
  });

  it('that come again take the place of one', () => {
    const tokens = createVerifiedTokens<number>({ max: 2 }, () => 0);
    tokens.add('one', 1, 10);
    for (const says of [2, 3]) tokens.add('two', says, 10);
    expect(['one', 'two'].map(tokens.get)).toEqual([1, 3]);
  });
});
