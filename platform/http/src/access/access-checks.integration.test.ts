import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createLogger } from '@giggityflix/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccessChecks, createAccessChecks } from './access-checks.ts';

let server: Server;
let checks: AccessChecks;
let questions: { catalog_ids: string[] }[];
let answer: (body: { catalog_ids: string[] }) => { status: number; body: string };

beforeEach(async () => {
  questions = [];
  answer = ({ catalog_ids }) => ({
    status: 200,
    body: JSON.stringify({ allowed: catalog_ids.filter((id) => id.startsWith('a')) }),
  });
  server = createServer(async (request, response) => {
    expect(request.headers.authorization).toBe('Bearer token');
    const body = JSON.parse(await text(request));
    questions.push(body);
    const { status, body: answered } = answer(body);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(answered);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const logger = createLogger({ service: 'test', level: 'silent' });
  checks = createAccessChecks({ url: `http://127.0.0.1:${port}`, token: 'token' }, { logger });
});
afterEach(async () => {
  await checks.close();
  await new Promise((resolve) => server.close(resolve));
});

const kid = { libraries: ['b', 'a'], ratingLimit: 6 };
const allowed = async (ids: string[], limits = kid) => [...(await checks.allowed(ids, limits))].sort();

describe('what is allowed', () => {
  it('is asked in one question for each limit, and for a while not again', async () => {
    const asked = await Promise.all([
      allowed(['a1', 'b1']),
      allowed(['a2', 'a1'], { ...kid, libraries: ['a', 'b'] }),
      allowed(['a1'], { ...kid, ratingLimit: 7 }),
    ]);
    expect(asked).toEqual([['a1'], ['a1', 'a2'], ['a1']]);
    expect(questions.map(({ catalog_ids }) => catalog_ids)).toEqual([['a1', 'b1', 'a2'], ['a1']]);
    expect(await allowed(['a1', 'a2', 'b1'])).toEqual(['a1', 'a2']);
    expect(questions).toHaveLength(2);
  });

  it('is all without limits, unasked', async () => {
    expect([...(await checks.allowed(['a', 'b'], { libraries: null, ratingLimit: null }))]).toEqual([
      'a',
      'b',
    ]);
    expect(questions).toEqual([]);
  });

  it('is asked of 500 files at once', async () => {
    const ids = Array.from({ length: 1_201 }, (_, n) => `a${n}`);
    expect(await allowed(ids)).toHaveLength(1_201);
    expect(questions.map(({ catalog_ids }) => catalog_ids.length)).toEqual([500, 500, 201]);
  });

  it.each([
    [503, '{}'],
    [401, '{}'],
    [200, 'what'],
    [200, '{"allowed":[1]}'],
  ])('is nothing for the answer %i %s, which is not kept', async (status, body) => {
    const right = answer;
    answer = () => ({ status, body });
    expect(await allowed(['a1'])).toEqual([]);
    answer = right;
    expect(await allowed(['a1'])).toEqual(['a1']);
  });
});
