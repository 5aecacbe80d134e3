import { describe, expect, it } from 'vitest';
import { parseTrustedProxies } from './client-address.ts';
import { mayReadMetrics } from './scrapers.ts';

const read = (
  remoteAddress: string,
  headers = {},
  { allowed = [] as string[], proxies = [] as string[] } = {},
) =>
  mayReadMetrics(
    { socket: { remoteAddress }, headers },
    { allowed: parseTrustedProxies(allowed), proxies: parseTrustedProxies(proxies) },
  );

describe('metrics', () => {
  it('are for this machine', () => {
    for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
      expect(read(address)).toBe(true);
    for (const address of ['10.0.0.7', '192.168.1.2', '203.0.113.5', 'fd00::7', ''])
      expect(read(address)).toBe(false);
  });

  it('are not for a page whose name resolves to this machine', () => {
    for (const host of ['evil.example', 'evil.example:8080', 'localhost.evil.example'])
      expect(read('127.0.0.1', { host })).toBe(false);
    for (const host of ['localhost:8080', '127.0.0.1', '[::1]:80', 'tracker:8000'])
      expect(read('127.0.0.1', { host })).toBe(true);
  });

  it('are for those that are named', () => {
    const allowed = ['10.0.0.7', 'fd00::/8'];
    expect(read('10.0.0.7', {}, { allowed })).toBe(true);
    expect(read('::ffff:10.0.0.7', {}, { allowed })).toBe(true);
    expect(read('fd12::1', {}, { allowed })).toBe(true);
    expect(read('10.0.0.8', {}, { allowed })).toBe(false);
  });

  it.each([
    'forwarded',
    'via',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-real-ip',
    'cf-connecting-ip',
  ])('are not for whom a proxy of this machine asks that nobody declared: %s', (header) => {
    expect(read('127.0.0.1', { [header]: '127.0.0.1' })).toBe(false);
  });

  it('count the client of a declared proxy', () => {
    const options = { proxies: ['127.0.0.1'], allowed: ['10.0.0.7'] };
    expect(read('127.0.0.1', { 'x-forwarded-for': '203.0.113.5' }, options)).toBe(false);
    expect(read('127.0.0.1', { 'x-forwarded-for': '127.0.0.1, 203.0.113.5' }, options)).toBe(false);
    expect(read('127.0.0.1', { 'x-forwarded-for': '10.0.0.7' }, options)).toBe(true);
  });
});
