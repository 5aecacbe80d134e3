import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { NO_PROXIES, parseTrustedProxies } from '../client-address.ts';
import { plainAnswer, strictTransport } from './plain-http.ts';
import type { TlsConfig } from './variables.ts';

const config: TlsConfig = {
  certPath: '',
  keyPath: '',
  plainHttp: 'redirect',
  redirectPort: 80,
  hstsSeconds: 60,
};

function request(
  host: string | undefined,
  socket: { remoteAddress?: string; localPort?: number; encrypted?: boolean } = {},
): IncomingMessage {
  return {
    url: '/title/1?a=b',
    headers: { ...(host !== undefined && { host }) },
    socket: { remoteAddress: '192.168.1.9', localPort: 4000, ...socket },
  } as unknown as IncomingMessage;
}
const answer = (asked: IncomingMessage, changes: Partial<TlsConfig> = {}, proxies = NO_PROXIES) =>
  plainAnswer(asked, { config: { ...config, ...changes }, port: 4000, proxies });

describe('who asks by plain HTTP', () => {
  it.each([
    ['films.example:4000', 4000, 'https://films.example:4000/title/1?a=b'],
    ['192.168.1.7:4000', 4000, 'https://192.168.1.7:4000/title/1?a=b'],
    ['[fd00::7]:4000', 4000, 'https://[fd00::7]:4000/title/1?a=b'],
    // Someone has mapped the usual port to ours.
    ['films.example', 4000, 'https://films.example/title/1?a=b'],
    ['films.example', 80, 'https://films.example:4000/title/1?a=b'],
    ['films.example:8080', 80, 'https://films.example:4000/title/1?a=b'],
  ])('at %s, port %d, is led to https', (host, localPort, location) => {
    expect(answer(request(host, { localPort }))).toEqual({ kind: 'redirect', location });
  });

  it('is led to the usual port without its number', () => {
    const asked = request('films.example', { localPort: 80 });
    expect(plainAnswer(asked, { config, port: 443, proxies: NO_PROXIES })).toMatchObject({
      location: 'https://films.example/title/1?a=b',
    });
  });

  it.each([undefined, '', 'a b', 'films.example/evil', 'user@films.example?x'])(
    'and names no host (%j) is refused',
    (host) => expect(answer(request(host))).toMatchObject({ kind: 'refuse' }),
  );

  it('is refused where that is wanted', () => {
    expect(answer(request('films.example'), { plainHttp: 'refuse' })).toMatchObject({
      kind: 'refuse',
      problem: { status: 426 },
    });
  });

  it('is answered on this machine, by TLS, and through a proxy', () => {
    expect(answer(request('localhost', { remoteAddress: '::ffff:127.0.0.1' }))).toBeNull();
    expect(answer(request('films.example', { encrypted: true }))).toBeNull();
    expect(answer(request('films.example'), {}, parseTrustedProxies(['192.168.1.0/24']))).toBeNull();
  });
});

it('keeps browsers at https for public names alone', () => {
  const strict = (host: string, encrypted = true) => strictTransport(request(host, { encrypted }), config);
  expect(strict('films.example')).toBe('max-age=60');
  expect(strict('films.example', false)).toBeNull();
  for (const host of ['giggityflix.local', '192.168.1.7:4000', 'localhost', 'nas', '[fd00::1]:4000'])
    expect(strict(host)).toBeNull();
});
