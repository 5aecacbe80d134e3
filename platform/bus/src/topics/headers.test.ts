import { expect, it } from 'vitest';
import { DEAD_LETTER_HEADERS } from '../bus.ts';
import { encodeRecord } from '../record.ts';
import { deadLetterHeaders, recordHeaders } from './headers.ts';
import { resolveTopics } from './registry.ts';

it('every record has the headers that are documented, and no others', () => {
  const { headers } = encodeRecord(
    {
      topic: resolveTopics({}).catalogAvailabilityChanged,
      key: 'a',
      value: {
        catalog_id: 'ab'.repeat(32),
        available_peer_count: 1,
        is_available: true,
        timestamp: '2026-01-01T00:00:00Z',
      },
    },
    'tracker-1',
  );
  expect(recordHeaders.strict().parse(headers)).toEqual(headers);
});

it('the headers of dead letters are all documented', () => {
  expect(Object.keys(deadLetterHeaders.shape).sort()).toEqual(Object.values(DEAD_LETTER_HEADERS).sort());
});
