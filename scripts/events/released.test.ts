import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { brokenSince, readReleases, recordRelease } from './released.ts';

let events: string;
beforeEach(() => {
  events = mkdtempSync(join(tmpdir(), 'giggityflix-events-'));
});
afterEach(() => rmSync(events, { recursive: true, force: true }));

const enrolled = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };

it('compares with every release on record, the oldest first', () => {
  mkdirSync(join(events, 'schemas'));
  writeFileSync(join(events, 'schemas/peer.enrolled.json'), JSON.stringify(enrolled));
  for (const version of ['0.10.0', '0.9.0']) recordRelease(events, version);
  const releases = readReleases(events);
  expect(releases).toEqual(
    ['0.9.0', '0.10.0'].map((version) => ({ version, documents: { 'peer.enrolled': enrolled } })),
  );
  const [oldest] = releases as [(typeof releases)[0]];
  expect(brokenSince(oldest, new Map([['peer.enrolled', enrolled]]))).toEqual([]);
  expect(brokenSince(oldest, new Map())).toEqual(['peer.enrolled: the event is gone; names only grow']);
  expect(brokenSince(oldest, new Map([['peer.enrolled', { ...enrolled, 'x-key': 'id' }]]))).toEqual([
    'peer.enrolled: key: was undefined, is "id"',
  ]);
});

it('records nothing where there are no events', () => {
  expect(recordRelease(events, '1.0.0')).toBeNull();
  expect(readReleases(events)).toEqual([]);
});
