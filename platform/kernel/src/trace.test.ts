import { describe, expect, it } from 'vitest';
import { childOf, currentTraceparent, withTrace } from './trace.ts';

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

describe('a trace', () => {
  it('goes on with the same trace id and flags, and a parent id of its own', () => {
    const child = childOf(parent);
    expect(child).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
    expect(child).not.toBe(parent);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
    `${parent}-extra`,
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  ])('begins anew for %j', (given) => {
    const fresh = childOf(given);
    expect(fresh).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(fresh).not.toContain('0af7651916cd43dd8448eb211c80319c');
  });

  it('reaches everything within, also after waiting, and nothing without', async () => {
    expect(currentTraceparent()).toBeUndefined();
    await withTrace(parent, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      expect(currentTraceparent()).toContain('0af7651916cd43dd8448eb211c80319c');
    });
    expect(currentTraceparent()).toBeUndefined();
  });
});
