import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOriginGuard } from './origin-guard.ts';

const GET = 'GET';
const at = (host: string, headers: Record<string, string> = {}, method = GET) => ({
  method,
  headers: { host, ...headers },
});

describe('a listener without pages', () => {
  const guard = createOriginGuard({ listensOn: '0.0.0.0', origins: ['https://tv.example'], hosts: [] });

  it('knows no page of its own name, which may be one of its visitor’s machine', () => {
    const origin = 'http://evil.example:8000';
    const preflighted: Record<string, string> = { origin, 'apollo-require-preflight': '1' };
    for (const headers of [{ origin }, preflighted])
      expect(guard.refusal(at('evil.example:8000', headers, 'POST'))).toMatchObject({ status: 403 });
    expect(guard.refusal(at('tracker.example', { origin: 'https://tv.example' }, 'POST'))).toBeNull();
    expect(guard.refusal(at('tracker.example', {}, 'POST'))).toBeNull();
  });

  it('lets in programs that send the local name they ask as their origin', () => {
    for (const host of ['127.0.0.1:8000', 'tracker:8000', 'localhost:8000'])
      expect(guard.refusal(at(host, { origin: `http://${host}` }))).toBeNull();
  });
});

describe('a listener on a loopback address', () => {
  const guard = createOriginGuard({ listensOn: '127.0.0.1', origins: ['https://tv.example'] });

  it.each([
    'localhost',
    'localhost:8000',
    'LOCALHOST:1',
    '127.0.0.1:8000',
    '127.1.2.3',
    '[::1]:80',
    'tv.localhost:4000',
  ])('answers to %s', (host) => expect(guard.refusal(at(host))).toBeNull());

  it.each([
    'evil.example',
    'evil.example:8000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.168.1.7:8000',
    'tracker:8000',
    'localhost@evil.example',
  ])('does not answer to %j, whatever else is sent', (host) => {
    expect(guard.refusal(at(host))).toMatchObject({ status: 421 });
    expect(guard.refusal(at(host, {}, 'OPTIONS'))).toMatchObject({ status: 421 });
    expect(guard.refusal(at(host, { 'apollo-require-preflight': '1' }))).toMatchObject({ status: 421 });
    expect(guard.refusal(at(host, { origin: 'https://tv.example' }))).toMatchObject({ status: 421 });
  });

  it('answers to names it was given', () => {
    const named = createOriginGuard({ listensOn: '::1', hosts: ['Films.Home.example'] });
    expect(named.refusal(at('films.home.example:4000'))).toBeNull();
    expect(named.refusal(at('other.example'))).toMatchObject({ status: 421 });
  });

  it.each([
    ['a name', 'films.example', 'films.example:4000'],
    ['a name with a port', 'films.example:4000', 'films.example:4000'],
    ['a name that ends in a dot', 'films.example.', 'films.example:4000'],
    ['a name, by its full one', 'films.example', 'films.example.:4000'],
    ['an origin', 'http://films.example:4000', 'films.example:4000'],
    ['an origin with a slash', 'https://films.example/', 'films.example'],
    ['an address', '192.168.1.7', '192.168.1.7:4000'],
    ['an IPv6 address', 'fd00::1', '[fd00::1]:4000'],
    ['an IPv6 address in brackets, with a port', '[fd00::1]:4000', '[fd00::1]:4000'],
    ['a name of another script', 'bücher.example', 'xn--bcher-kva.example:4000'],
  ])('answers to %s that is listed, and to its pages', (_what, listed, host) => {
    for (const hasPages of [true, false]) {
      const named = createOriginGuard({ listensOn: '127.0.0.1', hosts: [listed], hasPages });
      for (const method of ['GET', 'POST'])
        expect(named.refusal(at(host, { origin: `http://${host}` }, method))).toBeNull();
      expect(named.refusal(at('other.example:4000'))).toMatchObject({ status: 421 });
      expect(named.refusal(at(host, { origin: 'http://other.example' }, 'POST'))).toMatchObject({
        status: 403,
      });
    }
  });

  it('answers under the names of its listed origins, to those alone', () => {
    const origin = 'http://films.example:4000';
    const named = createOriginGuard({ listensOn: '127.0.0.1', origins: [origin], hasPages: true });
    expect(named.refusal(at('films.example:4000', { origin }, 'POST'))).toBeNull();
    expect(named.refusal(at('films.example:4001'))).toMatchObject({ status: 421 });
    expect(named.refusal(at('evil.example:4000', { origin }, 'POST'))).toMatchObject({ status: 421 });
  });

  describe('behind a proxy on the same machine', () => {
    const proxied = createOriginGuard({
      listensOn: '127.0.0.1',
      hosts: ['tv.example', 'films.example:8443'],
    });

    it.each([
      ['that keeps the name', 'tv.example', 'https://tv.example'],
      ['that keeps the name, on a port', 'films.example:8443', 'https://films.example:8443'],
      ['that leaves the port out', 'films.example', 'https://films.example:8443'],
      ['that puts its own', '127.0.0.1:8000', 'https://tv.example'],
      ['that puts its own, on a port', 'localhost:8000', 'https://films.example:8443'],
    ])('answers to pages of its names: one %s', (_what, host, origin) => {
      for (const method of ['GET', 'POST']) expect(proxied.refusal(at(host, { origin }, method))).toBeNull();
    });

    it.each([
      ['of another port of the name', '127.0.0.1:8000', 'https://tv.example:9999'],
      ['of another site', '127.0.0.1:8000', 'https://evil.example'],
      ['of another site, under its name', 'tv.example', 'https://evil.example'],
      ['in a sandbox', 'tv.example', 'null'],
      ['of the name without the port', '127.0.0.1:8000', 'https://films.example'],
    ])('refuses a page %s', (_what, host, origin) =>
      expect(proxied.refusal(at(host, { origin }, 'POST'))).toMatchObject({ status: 403 }),
    );
  });

  it.each([
    ['of another site', { origin: 'http://evil.example' }],
    ['of another port of this machine', { origin: 'http://localhost:9999' }],
    ['in a sandbox or from a file', { origin: 'null' }],
    ['with an origin that is none', { origin: '%%%' }],
    ['of another site, without an origin', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['of another port, without an origin', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
  ])('refuses a page %s', (_what, headers) => {
    for (const method of ['GET', 'POST', 'DELETE'])
      expect(guard.refusal(at('localhost:8000', headers, method))).toMatchObject({ status: 403 });
  });

  it.each([
    ['its own pages', { origin: 'http://localhost:8000', 'sec-fetch-site': 'same-origin' }],
    ['pages of listed origins', { origin: 'https://tv.example', 'sec-fetch-site': 'cross-site' }],
    ['programs, which send neither', {}],
    ['programs that name no host', { host: '' }],
    ['who follows a link', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['who types its address', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
    ['what was asked for before', { 'apollo-require-preflight': 'true', origin: 'http://evil.example' }],
  ])('lets in %s', (_what, headers) => {
    expect(guard.refusal(at('localhost:8000', headers, 'POST'))).toBeNull();
  });

  it('lets any page embed what is embeddable, and read it only with permission', () => {
    const embedded = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    expect(guard.refusal({ ...at('localhost', embedded), embeddable: true })).toBeNull();
    expect(
      guard.refusal({ ...at('localhost', { origin: 'http://evil.example' }), embeddable: true }),
    ).toMatchObject({ status: 403 });
    expect(guard.refusal({ ...at('evil.example', embedded), embeddable: true })).toMatchObject({
      status: 421,
    });
  });

  it('names the origin of listed pages, and of no other', () => {
    expect(guard.allow('https://tv.example')).toBe('https://tv.example');
    expect(guard.allow('http://evil.example')).toBeNull();
    expect(guard.allow(undefined)).toBeNull();
    expect(createOriginGuard({ listensOn: '127.0.0.1', origins: ['*'] }).allow('http://any.example')).toBe(
      'http://any.example',
    );
  });
});

describe('a listener on every address', () => {
  it('that admits everyone answers to addresses and to names that no page has', () => {
    const guard = createOriginGuard({ listensOn: '0.0.0.0', admitsEveryone: true });
    for (const host of [
      '192.168.1.7:8000',
      '[fe80::1]:8000',
      'tracker:8000',
      'localhost',
      'nas',
      'nas.local',
      'films.home.arpa:80',
    ])
      expect(guard.refusal(at(host))).toBeNull();
    for (const host of ['evil.example', 'a.b:8000', '1.2.3.4.evil.example', '1.2.3.4@evil'])
      expect(guard.refusal(at(host))).toMatchObject({ status: 421 });
  });

  it('that wants credentials answers to any name, or to those it was given', () => {
    expect(createOriginGuard({ listensOn: '0.0.0.0' }).refusal(at('films.example'))).toBeNull();
    const named = createOriginGuard({ listensOn: '0.0.0.0', hosts: ['films.example'] });
    expect(named.refusal(at('films.example'))).toBeNull();
    expect(named.refusal(at('tracker:8000'))).toBeNull();
    expect(named.refusal(at('evil.example'))).toMatchObject({ status: 421 });
  });
});

it('any header is a verdict, and never lets a named page in', () => {
  const guard = createOriginGuard({ listensOn: '127.0.0.1' });
  fc.assert(
    fc.property(fc.string(), fc.webAuthority(), (host, authority) => {
      guard.refusal(at(host, { origin: host }));
      if (!/^(localhost|127\.|\[::1\])/.test(authority) && !authority.endsWith('localhost'))
        expect(guard.refusal(at(authority, { origin: `http://${authority}` }))).not.toBeNull();
    }),
  );
});
