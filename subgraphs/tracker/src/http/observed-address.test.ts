import { describe, expect, it } from 'vitest';
import { normalise, observedAddress, parseTrustedProxies } from './observed-address.ts';

const trusted = parseTrustedProxies(['10.0.0.0/8', '2001:db8::/32', '192.0.2.7']);
const observe = (socket: string, headers: Record<string, string | string[]> = {}) =>
  observedAddress(socket, headers, trusted);

describe('the observed address', () => {
  it('is the socket’s for clients that come directly, whatever their headers say', () => {
    expect(observe('203.0.113.9', { 'cf-connecting-ip': '1.1.1.1', 'x-forwarded-for': '2.2.2.2' })).toBe(
      '203.0.113.9',
    );
  });

  it('is what cloudflare saw, behind a trusted proxy', () => {
    expect(observe('10.1.2.3', { 'cf-connecting-ip': '1.1.1.1', 'x-forwarded-for': '2.2.2.2' })).toBe(
      '1.1.1.1',
    );
  });

  it('is the right-most untrusted entry of x-forwarded-for', () => {
    expect(observe('10.1.2.3', { 'x-forwarded-for': '6.6.6.6, 5.5.5.5, 10.9.9.9' })).toBe('5.5.5.5');
    expect(observe('2001:db8::1', { 'x-forwarded-for': ['6.6.6.6', '5.5.5.5'] })).toBe('5.5.5.5');
  });

  it('is the farthest proxy when all are trusted, or the header is missing or broken', () => {
    expect(observe('10.1.2.3', { 'x-forwarded-for': '10.3.3.3, 10.2.2.2' })).toBe('10.3.3.3');
    expect(observe('10.1.2.3')).toBe('10.1.2.3');
    expect(observe('10.1.2.3', { 'x-forwarded-for': '5.5.5.5, nonsense, 10.2.2.2' })).toBe('10.2.2.2');
    expect(observe('10.1.2.3', { 'cf-connecting-ip': 'nonsense' })).toBe('10.1.2.3');
  });

  it('trusts a proxy whose socket shows as IPv4-mapped IPv6', () => {
    expect(observe('::ffff:10.1.2.3', { 'x-forwarded-for': '5.5.5.5' })).toBe('5.5.5.5');
  });

  it('has one spelling', () => {
    expect(normalise('[2001:DB8:0:0::1]:443')).toBe('2001:db8::1');
    expect(normalise('1.2.3.4:5678')).toBe('1.2.3.4');
    expect(normalise('::FFFF:1.2.3.4')).toBe('1.2.3.4');
    for (const text of ['', '1.2.3', '1.2.3.4.5', 'fe80::1%eth0', '1.2.3.4\0', 'x'.repeat(10_000)])
      expect(normalise(text)).toBeNull();
  });
});

it.each(['10.0.0.0/33', 'proxy.example', '10.0.0.0/', '::1/129'])(
  'refuses %j as a trusted proxy',
  (entry) => {
    expect(() => parseTrustedProxies([entry])).toThrow(JSON.stringify(entry));
  },
);
