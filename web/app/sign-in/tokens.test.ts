import 'fake-indexeddb/auto';
import { createStore, set } from 'idb-keyval';
import { expect, it } from 'vitest';
import { alone, readTokens, writeTokens } from './tokens.ts';

const TOKENS = { accessToken: 'a', refreshToken: 'r', idToken: null, expiresAt: 1_000 };

it('tokens are kept until they are taken away', async () => {
  expect(await readTokens()).toBeNull();
  await writeTokens(TOKENS);
  expect(await readTokens()).toEqual(TOKENS);
  await writeTokens(null);
  expect(await readTokens()).toBeNull();
});

it('work that is to be alone is', async () => {
  let working = 0;
  const most: number[] = [];
  const work = async () => {
    working += 1;
    most.push(working);
    await new Promise((resolve) => setTimeout(resolve, 10));
    working -= 1;
  };
  await Promise.all(Array.from({ length: 4 }, () => alone(work)));
  expect(most).toEqual([1, 1, 1, 1]);
});

it('a page that was closed at work holds up the others for a while alone', async () => {
  await set('lease', { holder: 'gone', until: Date.now() + 200 }, createStore('giggityflix', 'sign-in'));
  expect(await alone(async () => 'done')).toBe('done');
});

it('work that fails makes room for the next', async () => {
  await expect(alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await alone(async () => 'done')).toBe('done');
});
