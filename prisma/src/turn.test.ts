import { expect, it } from 'vitest';
import { createTurn } from './turn.ts';

it('lets the event loop turn between statements that follow each other', async () => {
  const turn = createTurn();
  let turned = false;
  setTimeout(() => {
    turned = true;
  }, 0);
  const endsAt = performance.now() + 5_000;
  while (!turned && performance.now() < endsAt) await turn();
  expect(turned).toBe(true);
});
