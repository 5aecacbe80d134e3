import { expect, it } from 'vitest';
import { iceServersOf, type StreamingConfig } from '../streaming/config.ts';
import { usableServers } from './ice-servers.ts';

const relay = (...urls: string[]) => ({ urls, username: 'user', credential: 'p:a@ss' });

it.each([
  ['stun:stun.example', { hostname: 'stun.example', port: 3_478 }],
  ['stun:198.51.100.7:19302', { hostname: '198.51.100.7', port: 19_302 }],
  ['stun:[2001:db8::1]:3479', { hostname: '2001:db8::1', port: 3_479 }],
  [
    'turn:turn.example:3480?transport=udp',
    { hostname: 'turn.example', port: 3_480, username: 'user', password: 'p:a@ss', relayType: 'TurnUdp' },
  ],
])('asks %s', (url, server) => {
  expect(usableServers([relay(url)])).toEqual([server]);
});

it.each([
  'turns:turn.example',
  'stuns:stun.example',
  'turn:turn.example?transport=tcp',
  'turn:turn.example:0',
  'turn:turn.example:70000',
  'turn:',
  'https://turn.example',
  'stun:a b',
  'stun:x:1:2',
])('does not ask %j', (url) => {
  expect(usableServers([relay(url)])).toEqual([]);
});

it('asks no relay it has no credential for', () => {
  expect(usableServers([{ urls: ['turn:turn.example'] }])).toEqual([]);
});

it("asks the owner's STUN server first, then the platform's, and the public one last; and two relays", () => {
  const config = {
    stunServers: ['stun:own.example'],
    fallbackStunServers: ['stun:anybody.example'],
    turnServers: ['turn:own.example'],
    turnUsername: 'user',
    turnPassword: 'password',
  } as unknown as StreamingConfig;
  const offered = [{ urls: ['stun:platform.example'] }, relay('turn:one.example', 'turn:two.example')];
  const names = (servers: ReturnType<typeof usableServers>) => servers.map(({ hostname }) => hostname);
  expect(names(usableServers(iceServersOf(config, offered)))).toEqual([
    'own.example',
    'own.example',
    'one.example',
  ]);
  const withoutOwn = { ...config, stunServers: [], turnServers: [] };
  expect(names(usableServers(iceServersOf(withoutOwn, offered)))[0]).toBe('platform.example');
  expect(names(usableServers(iceServersOf(withoutOwn, [])))).toEqual(['anybody.example']);
});
