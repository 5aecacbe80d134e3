import { createMetrics } from '@giggityflix/telemetry';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { topics } from '../../testing/edge.ts';
import type { OutgoingMessage } from '../grpc/wire.ts';
import { createEdgeMetrics } from '../metrics.ts';
import { type Connection, newConnection } from '../peers/connections.ts';
import type { Outcome } from '../publisher/publisher.ts';
import { MAX_IN_FLIGHT_MESSAGES, MAX_TOTAL_IN_FLIGHT_BYTES } from './limits.ts';
import { createRelayUp } from './relay-up.ts';

const update = {
  $case: 'catalogUpdate' as const,
  value: { full: true, catalogIds: [], removedCatalogIds: [], updateId: '', final: true },
};

/** Publications that wait until the test ends them. */
let publications: ((outcome: Outcome) => void)[];
let heldBytes: number;
let relay: ReturnType<typeof createRelayUp>;
let metrics: ReturnType<typeof createMetrics>;

beforeEach(() => {
  publications = [];
  heldBytes = 0;
  metrics = createMetrics('edge', { processMetrics: false });
  relay = createRelayUp({
    topics,
    publisher: {
      publish: (_order, _records, _bytes, done) => void publications.push(done),
      heldBytes: () => heldBytes,
    },
    metrics: createEdgeMetrics(metrics),
    respond: () => ({ ok: false, reason: 'no command' }),
    holdings: { announced: () => {}, answered: () => {}, alive: () => {} },
    sendKeySet: () => {},
  });
});

function connect(peerId = 'peer-1') {
  const sent: OutgoingMessage[] = [];
  const hold = vi.fn();
  const connection: Connection = newConnection({
    peerId,
    derivedId: peerId,
    edgeId: 'edge-1',
    connectionId: '018f0000-0000-7000-8000-000000000000',
    stream: { address: '127.0.0.1:1', writable: () => true, send: (m) => void sent.push(m), hold, end() {} },
    states: { current: 'registered', apply: () => true },
    userAgent: 'test',
    protocolVersion: 1,
    nextHeartbeatAt: 0,
  });
  return { connection, sent, hold };
}

/** Ends every publication that waits, and lets the relay act on that. */
async function settle(outcome: Outcome): Promise<void> {
  for (const done of publications.splice(0)) done(outcome);
  await new Promise(setImmediate);
}

describe('messages that the bus never took', () => {
  it('are never acknowledged, up to the most that may be in flight', async () => {
    const { connection, sent, hold } = connect();
    for (let sequence = 1; sequence <= MAX_IN_FLIGHT_MESSAGES; sequence++)
      relay.receive(connection, update, sequence, 100);
    expect(hold.mock.lastCall).toEqual([true]);
    await settle('abandoned');
    expect(sent).toEqual([]);
    expect(connection).toMatchObject({ durableSequence: 0, acknowledgedSequence: 0, inFlightMessages: 0 });
    const received = await metrics.getSingleMetric('edge_messages_received_total')?.get();
    expect(received?.values).toMatchObject([
      { labels: { type: 'catalogUpdate', outcome: 'lost' }, value: MAX_IN_FLIGHT_MESSAGES },
    ]);
  });

  it('are not covered by the acknowledgement of those before them', async () => {
    const { connection, sent } = connect();
    relay.receive(connection, update, 1, 100);
    relay.receive(connection, update, 2, 100);
    publications.shift()?.('durable');
    await settle('abandoned');
    expect(sent).toEqual([{ $case: 'acknowledgement', value: { sequence: 1 } }]);
  });
});

describe('a peer', () => {
  it('is not read beyond the most messages in flight, and is again once one is durable', async () => {
    const { connection, hold } = connect();
    for (let sequence = 1; sequence < MAX_IN_FLIGHT_MESSAGES; sequence++)
      relay.receive(connection, update, sequence, 100);
    expect(hold).not.toHaveBeenCalled();
    relay.receive(connection, update, MAX_IN_FLIGHT_MESSAGES, 100);
    expect(hold.mock.calls).toEqual([[true]]);
    publications.shift()?.('durable');
    expect(hold.mock.calls).toEqual([[true], [false]]);
  });

  it('is not read while all peers together have too much in flight', () => {
    const [one, other] = [connect(), connect('peer-2')];
    heldBytes = MAX_TOTAL_IN_FLIGHT_BYTES;
    relay.receive(one.connection, update, 1, 100);
    relay.receive(other.connection, update, 1, 100);
    expect([one, other].map(({ hold }) => hold.mock.calls)).toEqual([[[true]], [[true]]]);
    heldBytes = 0;
    publications.shift()?.('durable');
    expect([one, other].map(({ hold }) => hold.mock.lastCall)).toEqual([[false], [false]]);
  });
});
