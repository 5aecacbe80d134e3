import { requireChromium, requireFaketime, startStack, type TestStack } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../web/src/index.ts';
import { launchBrowser } from '../browser/harness.ts';
import { newVisitor, SOFA } from './visitor.ts';

const WAIT = { timeout: 60_000, interval: 100 };
const program = requireChromium();
const faketime = requireFaketime();

describe.skipIf(program.skip || faketime.skip).each(['+1h', '-1h'])(
  'a household whose machine has a clock that is %s off',
  (offset) => {
    let stack: TestStack;
    let browser: Browser;

    beforeAll(async () => {
      await ensureBuilt();
      stack = await startStack({
        arguments: ['--lan'],
        env: {
          STACK_LAN_ADDRESSES: '127.0.0.1',
          LOG_LEVEL: 'warn',
          ...faketime.variables(offset),
        },
      });
      browser = await launchBrowser(program.path);
    }, 180_000);
    afterAll(async () => {
      await browser?.close();
      await stack?.dispose();
    });

    it('signs people and TVs in, and plays', { timeout: 180_000 }, async () => {
      const { GATEWAY_PORT, IDENTITY_PORT } = stack.ports;
      const [origin, issuer] = [`http://127.0.0.1:${GATEWAY_PORT}`, `http://127.0.0.1:${IDENTITY_PORT}`];
      const said = Date.parse((await fetch(`${origin}/health`)).headers.get('date') ?? '');
      expect(Math.round((said - Date.now()) / 3_600_000)).toBe(offset === '+1h' ? 1 : -1);
      const [owner, tv] = [await newVisitor(browser), await newVisitor(browser, SOFA)];
      const link = () => /https?:\/\/\S+\/invitation\/[\w-]+/.exec(stack.output())?.[0];
      await expect.poll(link, WAIT).toContain(issuer);
      await owner.signUp(link()!, 'Anna', 'password');
      await owner.signIn(origin, 'Anna', 'password');
      await expect.poll(() => owner.titles().count(), WAIT).toBe(2);
      await tv.signInByCode(origin, (code) => owner.approve(issuer, code));
      await tv.watch('Counting Seconds');
    });
  },
);
