import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type RunningSubgraph, runSubgraph } from '../testing/subgraph.ts';

let running: RunningSubgraph;
beforeEach(async () => {
  running = await runSubgraph({ expiresAt: null });
});
afterEach(() => running.service.stop());

describe('a query', () => {
  it('is answered for the user of the token', async () => {
    expect(await running.query({ query: '{ me }' }, 'Bearer good')).toEqual({
      status: 200,
      data: { me: 'ann' },
    });
  });

  it.each([
    ['{ me }', undefined, 'UNAUTHENTICATED', 200],
    ['{ operate }', 'Bearer good', 'FORBIDDEN', 200],
    ['{ me }', 'Bearer forged', 'UNAUTHENTICATED', 401],
    ['{ me }', 'Bearer unverifiable', 'SERVICE_UNAVAILABLE', 503],
    ['{ bad }', undefined, 'BAD_USER_INPUT', 200],
    ['{ twice(n: "x") }', undefined, 'GRAPHQL_VALIDATION_FAILED', 400],
    ['query($n: Int!) { twice(n: $n) }', undefined, 'BAD_USER_INPUT', 400],
    ['{ twice', undefined, 'GRAPHQL_PARSE_FAILED', 400],
  ])('%s with %s fails with %s', async (text, authorization, code, status) => {
    const answer = await running.query({ query: text }, authorization);
    expect([answer.errors?.[0]?.extensions.code, answer.status]).toEqual([code, status]);
    expect(answer.errors?.[0]?.extensions).not.toHaveProperty('http');
    expect(answer.errors?.[0]?.extensions).not.toHaveProperty('stacktrace');
  });

  it('hides unexpected errors from the client, not from the log', async () => {
    const answer = await running.query({ query: '{ bug }' });
    expect(answer).toMatchObject({
      data: { bug: null },
      errors: [
        {
          message: 'the request could not be completed',
          path: ['bug'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(running.lines.join('')).toContain('hunter2');
  });
});

it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'what a page may send without asking is no operation: %s',
  async (type) => {
    const response = await fetch(`${running.url}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: JSON.stringify({ query: '{ twice(n: 1) }' }),
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(await response.text()).not.toContain('twice');
  },
);

it.each([
  ['', 200],
  ['a b', 421],
  ['[', 421],
])('a query whose Host header is %j is answered with %i', async (host, status) => {
  const socket = connect(running.http.address().port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const body = JSON.stringify({ query: '{ twice(n: 1) }' });
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(new RegExp(`^HTTP/1\\.1 ${status}`));
});
