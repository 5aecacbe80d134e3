import { resolveTopics } from '@giggityflix/bus';
import { expect, it } from 'vitest';
import { described } from '../../testing/events.ts';
import { toDescription } from './description.ts';

const { peerMediaDescribed } = resolveTopics({});

it.each([
  ['video/mp4', 'video/mp4'],
  ['Video/WebM; codecs="vp9"', 'video/webm'],
  ['text/html', 'application/octet-stream'],
  ['image/svg+xml', 'application/octet-stream'],
  [null, null],
])('a film of the type %j is handed on as %j', (claimed, type) => {
  const event = peerMediaDescribed.schema.parse({
    peer_id: 'a-peer',
    catalog_id: 'ab'.repeat(32),
    name: 'film.mp4',
    size_bytes: 1_000,
    title: 'Film',
    kind: 'MOVIE',
    mime_type: claimed,
    timestamp: '2026-01-01T00:00:00Z',
  });
  expect(toDescription(event).facts.file.mimeType).toBe(type);
});

it('keeps parts to skip that end behind their beginning, in order, and no facts of any where there are none', () => {
  const markers = [
    { kind: 'CREDITS' as const, start_seconds: 90, end_seconds: 99 },
    { kind: 'INTRO' as const, start_seconds: 9, end_seconds: 9 },
    { kind: 'INTRO' as const, start_seconds: 1, end_seconds: 9 },
  ];
  expect(toDescription(described({ file: 1, markers })).facts.file.markers).toEqual([
    { kind: 'INTRO', startSeconds: 1, endSeconds: 9 },
    { kind: 'CREDITS', startSeconds: 90, endSeconds: 99 },
  ]);
  expect('markers' in toDescription(described({ file: 1 })).facts.file).toBe(false);
});
