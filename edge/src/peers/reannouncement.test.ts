import type { EdgeCommand } from '@giggityflix/bus';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Connection, Connections } from './connections.ts';
import { createReannouncement } from './reannouncement.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const send = vi.fn();
  const apply = vi.fn();
  const connection = { connectionId: 'c2', stream: { send }, states: { apply } } as unknown as Connection;
  const registered = (peerId: string) => (peerId === 'here' ? connection : undefined);
  const reannouncement = createReannouncement({ connections: { registered } as Connections });
  const request = (peerId: string, connectionId: string) =>
    reannouncement.requested({
      peer_id: peerId,
      parameters: { connection_id: connectionId },
    } as unknown as EdgeCommand);
  return { send, apply, request };
}

it('asks the peer to connect again, once, and disconnects it where it does not', () => {
  const { send, apply, request } = setUp();
  request('here', 'c2');
  request('here', 'c2');
  expect(send.mock.calls).toEqual([[{ $case: 'drain', value: { withinMilliseconds: 5_000 } }]]);
  vi.advanceTimersByTime(14_999);
  expect(apply).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(apply.mock.calls).toEqual([['drained', expect.anything()]]);
});

it('leaves a newer connection, and other peers, alone', () => {
  const { send, apply, request } = setUp();
  request('here', 'c1');
  request('elsewhere', 'c2');
  vi.advanceTimersByTime(60_000);
  expect(send).not.toHaveBeenCalled();
  expect(apply).not.toHaveBeenCalled();
});
