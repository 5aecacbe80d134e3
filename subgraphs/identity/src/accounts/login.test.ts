// cspell:disable: names in many languages
import { describe, expect, it } from 'vitest';
import { checkLogin, checkName } from './login.ts';

const keyOf = (text: string) => {
  const checked = checkLogin(text);
  return checked.ok ? checked.key : null;
};

describe('a login', () => {
  it('may be a name or an e-mail address in any script', () => {
    for (const login of ['anna', 'anna@example.org', 'андрей@пример.рф', '用户@例え.jp', 'Zoë Ångström'])
      expect(checkLogin(login)).toMatchObject({ ok: true, login });
  });

  it('is the same in another case, width or composition, and between blanks', () => {
    expect(keyOf('  Zoe\u0308  ÅNGSTRÖM ')).toBe(keyOf('zoë a\u030Angstro\u0308m'));
    expect(keyOf('ＡＮＮＡ')).toBe(keyOf('anna'));
    expect(keyOf('anna')).not.toBe(keyOf('hanna'));
  });

  it('has none of what is not seen', () => {
    expect(keyOf('an\u200bna\u202e')).toBe(keyOf('anna'));
    for (const text of ['', '   ', '\u200b\u202e', '\u0000']) expect(checkLogin(text).ok, text).toBe(false);
  });

  it('is of a length that fits, and what is far too long is refused at once', () => {
    expect(checkLogin('é'.repeat(254)).ok).toBe(true);
    for (const length of [255, 10_000, 10_000_000])
      expect(checkLogin('x'.repeat(length))).toEqual({
        ok: false,
        problem: 'The name to sign in with may have at most 254 characters.',
      });
    expect(checkName('👪'.repeat(100)).ok).toBe(true);
    expect(checkName('x'.repeat(101)).ok).toBe(false);
  });
});
