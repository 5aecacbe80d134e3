import { expect, it, vi } from 'vitest';
import { createPlaybackToken } from './token.ts';

const tokenOf = (iat: number, exp: number) => `h.${btoa(JSON.stringify({ iat, exp }))}.s`;

function setUp(token: string) {
  const onRenewed = vi.fn();
  const request = vi.fn(async () => ({ refreshPlaybackToken: { playbackToken: tokenOf(0, 3_600) } }));
  const held = createPlaybackToken({
    token,
    graphql: { request, subscribe: vi.fn() } as never,
    timers: { after: () => () => {} } as never,
    onRenewed,
  });
  return { held, onRenewed, request };
}

it('gives the peer a token of minutes for one that lives longer', () => {
  const { held, onRenewed } = setUp(tokenOf(0, 3_600));
  held.use();
  held.renewed(tokenOf(30, 330));
  expect(onRenewed).toHaveBeenCalledOnce();
});

it('gives the peer a new one when half of the life of the last is over', () => {
  const { held, onRenewed } = setUp(tokenOf(0, 300));
  held.use();
  for (const at of [30, 60, 90, 120]) held.renewed(tokenOf(at, at + 300));
  expect(onRenewed).not.toHaveBeenCalled();
  held.renewed(tokenOf(150, 450));
  expect(onRenewed).toHaveBeenCalledOnce();
  expect(held.use()).toBe(tokenOf(150, 450));
});

it('asks for none where a heartbeat brought one that no connection has used', async () => {
  const { held, request } = setUp(tokenOf(0, 300));
  held.use();
  held.renewed(tokenOf(30, 330));
  await held.ensureUnused();
  expect(request).not.toHaveBeenCalled();
  expect(held.use()).toBe(tokenOf(30, 330));
});
