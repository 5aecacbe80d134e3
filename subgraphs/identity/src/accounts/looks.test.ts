// cspell:disable: letters of many scripts
import { expect, it } from 'vitest';
import { loginLooks } from './looks.ts';

const areAlike = async (one: string, other: string) => {
  const [looks, others] = await Promise.all([one, other].map(loginLooks));
  return looks!.some((look) => others!.includes(look));
};

it.each([
  ['anna', 'аnnа'],
  ['coco', 'сосо'],
  ['ANNA', 'ΑΝΝΑ'],
  ['hanna', 'Ηanna'],
  ['paypal@example.org', 'раураl@example.org'],
  ['ｃafe\u0301', 'café'],
  ['modern', 'modem'],
  ['Bill', 'BiII'],
  ['bill', 'BiII'],
  ['paypal', 'PayPaI'],
  ['malice', 'MaIice'],
  ['lan', 'Ian'],
])('%s looks like %s', async (one, other) => expect(await areAlike(one, other)).toBe(true));

it.each([
  ['anna', 'hanna'],
  ['zoe', 'zoë'],
  ['аня', 'аны'],
  ['ian', 'lan'],
  ['IAN', 'LAN'],
  ['person 2', 'person 3'],
])('%s does not look like %s', async (one, other) => expect(await areAlike(one, other)).toBe(false));
