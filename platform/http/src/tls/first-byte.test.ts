import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { onFirstByte } from './first-byte.ts';

function watched() {
  const socket = new PassThrough();
  const told: boolean[] = [];
  onFirstByte(socket as unknown as Socket, (isTls) => told.push(isTls));
  return { socket, told };
}

describe('the first byte of a connection', () => {
  it.each([
    ['a request', Buffer.from('GET / HTTP/1.1\r\n'), false],
    ['HTTP/2 in plain text', Buffer.from('PRI * HTTP/2.0\r\n'), false],
    ['TLS', Buffer.from([22, 3, 1, 0, 2, 1, 0]), true],
  ])('says that it is %s, once, and stays to be read', async (_what, sent, isTls) => {
    const { socket, told } = watched();
    await eventLoopTurn();
    expect(told).toEqual([]);
    socket.write(sent.subarray(0, 1));
    await eventLoopTurn();
    socket.write(sent.subarray(1));
    await eventLoopTurn();
    expect(told).toEqual([isTls]);
    expect(socket.read()).toEqual(sent);
    // The failures of a connection that was told of are for whom it was told to.
    expect(socket.listenerCount('error')).toBe(0);
  });

  it('is not told of where the connection breaks before, which ends nothing else', async () => {
    const { socket, told } = watched();
    socket.destroy(new Error('reset by peer'));
    await eventLoopTurn();
    expect([socket.destroyed, told]).toEqual([true, []]);
  });
});
