import { describe, expect, it } from 'vitest';
import { createCallers } from './callers.ts';

const TOKENS = ['one-token', 'another-token'];
const request = (headers: Record<string, string | undefined>, remoteAddress = '10.0.0.7') =>
  ({ headers, socket: { remoteAddress } }) as never;

describe('in production', () => {
  const callerOf = createCallers({ serviceTokens: TOKENS, production: true });

  it.each([
    { 'x-service-token': 'one-token' },
    { 'x-service-token': 'another-token', authorization: 'Bearer of-a-viewer' },
    { authorization: 'Bearer one-token' },
  ])('who presents a service token is a backend: %o', (headers) => {
    expect(callerOf(request(headers))).toBe('platform');
  });

  it.each([
    {},
    { 'x-service-token': '' },
    { 'x-service-token': 'one-toke' },
    { 'x-service-token': 'one-token,another-token' },
    { 'x-service-token': 'wrong', authorization: 'Bearer one-token' },
    { authorization: 'Bearer of-a-viewer' },
    { authorization: 'one-token' },
    { 'x-forwarded-for': '127.0.0.1' },
  ])('nobody else is answered, not even on the same machine: %o', (headers) => {
    expect(callerOf(request(headers))).toBeNull();
    expect(callerOf(request(headers, '127.0.0.1'))).toBeNull();
  });
});

describe('in production without service tokens', () => {
  const callerOf = createCallers({ serviceTokens: [], production: true });

  it.each([
    ['127.0.0.1', 'anyone'],
    ['127.9.9.9', 'anyone'],
    ['::1', 'anyone'],
    ['::ffff:127.0.0.1', 'anyone'],
    ['10.0.0.7', null],
    ['::ffff:10.0.0.7', null],
    ['fe80::1%lo', null],
    ['', null],
  ])('a process at %j is %j', (address, caller) => {
    expect(callerOf(request({}, address))).toBe(caller);
    expect(callerOf(request({ 'x-service-token': '' }, address))).toBe(caller);
  });
});

it('a page whose name resolves to this machine is no process of it', () => {
  const callerOf = createCallers({ serviceTokens: [], production: true });
  expect(callerOf(request({ host: 'evil.example:8080' }, '127.0.0.1'))).toBeNull();
  expect(callerOf(request({ host: 'localhost:8080' }, '127.0.0.1'))).toBe('anyone');
});

describe('elsewhere', () => {
  it('everyone is answered, and the gateway known when it presents its token', () => {
    const callerOf = createCallers({ serviceTokens: TOKENS, production: false });
    expect(callerOf(request({}))).toBe('anyone');
    expect(callerOf(request({ 'x-service-token': 'wrong' }))).toBe('anyone');
    expect(callerOf(request({ 'x-service-token': 'one-token' }))).toBe('platform');
  });
});
