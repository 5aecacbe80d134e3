import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientAddress, normalizeAddress, parseTrustedProxies } from './client-address.ts';

const RANGES = ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'];
const trusted = parseTrustedProxies(RANGES, { believesCloudflare: true });
const observe = (remoteAddress: string, headers: Record<string, string | string[]> = {}, proxies = trusted) =>
  clientAddress({ socket: { remoteAddress }, headers }, proxies);

describe('the address of a client', () => {
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

  it('is not what a client calls itself, where no proxy of ours is cloudflare', () => {
    const headers = { 'cf-connecting-ip': '1.1.1.1', 'x-forwarded-for': '2.2.2.2' };
    expect(observe('10.1.2.3', headers, parseTrustedProxies(RANGES))).toBe('2.2.2.2');
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
    expect(normalizeAddress('[2001:DB8:0:0::1]:443')).toBe('2001:db8::1');
    expect(normalizeAddress('1.2.3.4:5678')).toBe('1.2.3.4');
    expect(normalizeAddress('::FFFF:1.2.3.4')).toBe('1.2.3.4');
    for (const text of ['', '1.2.3', '1.2.3.4.5', 'fe80::1%eth0', '1.2.3.4\0', 'x'.repeat(10_000)])
      expect(normalizeAddress(text)).toBeNull();
  });
});

it.each(['10.0.0.0/33', 'proxy.example', '10.0.0.0/', '::1/129'])(
  'refuses %j as a trusted proxy',
  (entry) => {
    expect(() => parseTrustedProxies([entry])).toThrow(JSON.stringify(entry));
  },
);

describe('whatever the headers say', () => {
  const untrusted = fc.ipV4().filter((ip) => !ip.startsWith('10.') && ip !== '192.0.2.7');
  const proxy = fc.ipV4().map((ip) => ip.replace(/^\d+/, '10'));
  const anything = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.array(fc.string()));
  const headers = fc.record({ 'cf-connecting-ip': anything, 'x-forwarded-for': anything });

  it('a client that comes directly is known by its socket', () => {
    fc.assert(fc.property(untrusted, headers, (ip, given) => observe(ip, given) === ip));
  });

  it('nothing a client writes moves what the trusted proxies saw', () => {
    const route = fc.record({
      client: untrusted,
      proxies: fc.array(proxy),
      last: proxy,
      forged: fc.string(),
    });
    fc.assert(
      fc.property(route, ({ client, proxies, last, forged }) => {
        const forwarded = [forged, client, ...proxies].join(', ');
        expect(observe(last, { 'x-forwarded-for': forwarded })).toBe(client);
      }),
    );
  });

  it('the answer is an address in its one spelling', () => {
    fc.assert(
      fc.property(fc.oneof(untrusted, proxy, fc.ipV6()), headers, (ip, given) => {
        const seen = observe(ip, given);
        expect(normalizeAddress(seen)).toBe(seen);
      }),
    );
  });

  it('an IPv6 address has one spelling', () => {
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        const seen = normalizeAddress(ip);
        expect(normalizeAddress(ip.toUpperCase())).toBe(seen);
        expect(normalizeAddress(`[${ip}]:443`)).toBe(seen);
      }),
    );
  });
});
