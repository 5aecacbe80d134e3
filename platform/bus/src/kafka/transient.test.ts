import { expect, it } from 'vitest';
import { untilSettled } from './transient.ts';

const failing = (error: object) => {
  let asked = 0;
  return async () => {
    asked += 1;
    if (asked < 3) throw Object.assign(new Error('not yet'), error);
    return asked;
  };
};

it.each([
  ['what the client says may be repeated', { retriable: true }],
  ['a group without a coordinator', { retriable: false, name: 'KafkaJSGroupCoordinatorNotFound' }],
])('is repeated until it is answered: %s', async (_what, error) => {
  expect(await untilSettled(failing(error))).toBe(3);
});

it('is not repeated where that changes nothing', async () => {
  await expect(untilSettled(failing({ retriable: false }))).rejects.toThrow('not yet');
});
