import { expect, it } from 'vitest';
import { COOKIE_PERIOD_MS, createCookies } from './cookies.ts';

const endpoint = { address: '192.0.2.1', port: 4_000 };

it('a cookie is believed from the endpoint it was given to, and no other', () => {
  const cookies = createCookies();
  const cookie = cookies.issue(endpoint);
  expect(cookies.verify(endpoint, cookie)).toBe(true);
  expect(cookies.verify({ ...endpoint, port: 4_001 }, cookie)).toBe(false);
  expect(cookies.verify({ ...endpoint, address: '192.0.2.2' }, cookie)).toBe(false);
  expect(createCookies().verify(endpoint, cookie)).toBe(false);
});

it('a cookie is believed for one to two periods', () => {
  let time = 10 * COOKIE_PERIOD_MS;
  const cookies = createCookies({ now: () => time });
  const cookie = cookies.issue(endpoint);
  time += COOKIE_PERIOD_MS;
  expect(cookies.verify(endpoint, cookie)).toBe(true);
  time += COOKIE_PERIOD_MS;
  expect(cookies.verify(endpoint, cookie)).toBe(false);
});

it.each(['', 'x', 'x'.repeat(12), 'x'.repeat(64), 'é'.repeat(6), 'é'.repeat(12)])(
  '%j is no cookie',
  (text) => {
    expect(createCookies().verify(endpoint, text)).toBe(false);
  },
);
