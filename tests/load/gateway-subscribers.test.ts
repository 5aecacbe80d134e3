import { expect, it } from 'vitest';
import { loadSubscribers } from './gateway/subscribers.ts';

it('two hundred subscribers of a gateway get each event once and in order, beside one that does not read', async () => {
  const figures = await loadSubscribers({
    subscribers: 200,
    eventsPerSecond: 50,
    seconds: 3,
    processes: 1,
  });
  expect(figures).toMatchObject({ sent: 150, delivered: 30_000, wrong: 0, closed: 0 });
  expect(figures.slowReaderCode).not.toBeNull();
}, 60_000);
