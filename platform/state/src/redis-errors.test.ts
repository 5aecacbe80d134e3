import { expect, it } from 'vitest';
import { isRedisUnavailable } from './redis-errors.ts';

const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });

it.each([
  'MOVED 15495 127.0.0.1:7002',
  'ASK 3999 127.0.0.1:6381',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  'CLUSTERDOWN Hash slot not served',
  "READONLY You can't write against a read only replica.",
  'LOADING Redis is loading the dataset in memory',
  'EXECABORT Transaction discarded because of previous errors.',
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
])('takes "%s" for a server that is unavailable', (message) => {
  expect(isRedisUnavailable(reply(message))).toBe(true);
});

it.each([
  "ERR wrong number of arguments for 'get' command",
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  'MOVEDX is no reply of Redis',
  'NOSCRIPT No matching script.',
])('takes "%s" for an error of the command', (message) => {
  expect(isRedisUnavailable(reply(message))).toBe(false);
});
