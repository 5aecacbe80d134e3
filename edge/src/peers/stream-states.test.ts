import { status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { createStreamStates, type StreamChange } from './stream-states.ts';

it('ignores a late close of a stream, and whatever else comes after its end', () => {
  const changes: StreamChange[] = [];
  const states = createStreamStates((change) => changes.push(change));
  for (const event of ['registration', 'verified', 'opened'] as const) expect(states.apply(event)).toBe(true);
  expect(states.apply('replaced', { details: 'replaced' })).toBe(true);
  expect(changes.at(-1)).toEqual({
    from: 'registered',
    to: 'closed',
    code: status.ABORTED,
    details: 'replaced',
    reason: 'replaced',
  });
  for (const event of ['closed_by_peer', 'lost', 'message', 'timed_out', 'opened'] as const)
    expect(states.apply(event)).toBe(false);
  expect(changes).toHaveLength(4);
});

it('ends a refused stream with the status of the refusal', () => {
  const changes: StreamChange[] = [];
  const states = createStreamStates((change) => changes.push(change));
  states.apply('refused', { code: status.RESOURCE_EXHAUSTED, details: 'full' });
  expect(changes).toEqual([
    { from: 'connected', to: 'closed', code: status.RESOURCE_EXHAUSTED, details: 'full', reason: null },
  ]);
});
