import { expect, it } from 'vitest';
import { checkCode, enrolmentLink, newRecoveryCodes, newSecret, recoveryHash } from './codes.ts';

// The secret and some codes of RFC 6238, appendix B, as their last six digits.
const SECRET = Buffer.from('12345678901234567890');

it.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_234_567_890, '005924'],
  [20_000_000_000, '353130'],
])('takes the code of RFC 6238 at %i s', async (seconds, code) => {
  expect(await checkCode(SECRET, code, seconds * 1_000)).toEqual({
    outcome: 'right',
    step: Math.floor(seconds / 30),
  });
});

it('allows one step of drift each way, and says how far off a clock is beyond', async () => {
  const at = 1_234_567_890_000;
  const offBy = (ms: number) => checkCode(SECRET, '005924', at - ms);
  for (const ms of [-30_000, 0, 30_000]) expect((await offBy(ms)).outcome).toBe('right');
  for (const minutes of [-60, -2, 2, 60, 600, -840])
    expect([minutes, await offBy(minutes * 60_000)]).toEqual([
      minutes,
      { outcome: 'other_time', offMs: minutes * 60_000 },
    ]);
  expect(await checkCode(SECRET, '000000', at)).toEqual({ outcome: 'wrong' });
  expect(await checkCode(SECRET, '', at)).toEqual({ outcome: 'wrong' });
});

it('makes a link that authenticators read, with the name in any script', async () => {
  const { link, text } = await enrolmentLink(SECRET, 'аня: films & co');
  const url = new URL(link);
  expect([url.protocol, url.host]).toEqual(['otpauth:', 'totp']);
  expect(decodeURIComponent(url.pathname)).toBe('/Giggityflix:аня: films & co');
  expect(url.searchParams.get('secret')).toBe(text.replaceAll(' ', ''));
  expect(newSecret()).toHaveLength(20);
});

it('makes ten recovery codes, known again in every way of writing them, of one account alone', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  const [code] = codes as [string];
  expect(code).toMatch(/^([0-9a-z]{4}-){3}[0-9a-z]{4}$/);
  const hash = recoveryHash('anna', code);
  expect(recoveryHash('anna', ` ${code.toUpperCase().replaceAll('-', ' ')} `)).toBe(hash);
  expect(recoveryHash('anna', code.replaceAll('0', 'O').replaceAll('1', 'l'))).toBe(hash);
  expect(recoveryHash('bert', code)).not.toBe(hash);
  for (const none of ['', '123456', 'x'.repeat(10_000), `${code}0`])
    expect(recoveryHash('anna', none)).toBeNull();
});
