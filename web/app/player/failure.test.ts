import { expect, it } from 'vitest';
import { failureOf, failureOfElement, failureText, type PlayerFailure } from './failure.ts';

const read = { isRead: () => true, readError: () => null };
const unread = { isRead: () => false, readError: () => null };
const broken = { isRead: () => true, readError: () => new Error('no peer is left') };

it.each([
  ['a picture that cannot be decoded', 3, read, 'undecodable'],
  ['a picture that cannot be decoded, whatever was lost meanwhile', 3, broken, 'undecodable'],
  ['a format the browser does not know', 4, read, 'undecodable'],
  ['a film of which nothing came', 4, unread, 'unreadable'],
  ['a film whose bytes broke off at the beginning', 4, broken, 'unreadable'],
  ['a lost network', 2, read, 'unreadable'],
  ['a request that was given up', 1, read, 'internal'],
] as const)('takes %s for what it is', (_what, code, source, kind) => {
  expect(failureOfElement({ code, message: 'PIPELINE_ERROR' }, source).kind).toBe(kind);
});

it.each([
  ['InvalidStateError', 'internal'],
  ['QuotaExceededError', 'full'],
  ['NotSupportedError', 'internal'],
  ['AbortError', 'internal'],
])('takes no exception for a decoder: %s', (name, kind) => {
  expect(failureOf(new DOMException('no', name)).kind).toBe(kind);
});

it('has words for every failure', () => {
  const reason = 'why';
  const failures: PlayerFailure[] = [
    { kind: 'undecodable', reason },
    { kind: 'unsupported', reason },
    { kind: 'refused', code: 'read_failed', reason },
    { kind: 'unreadable', reason },
    { kind: 'full', reason },
    { kind: 'stuck', reason },
    { kind: 'internal', reason },
  ];
  const texts = failures.map(failureText);
  expect(new Set(texts).size).toBe(failures.length);
  for (const text of texts) expect(text).toMatch(/^[A-Z].{20,}/);
});
