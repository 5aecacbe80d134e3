import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatLogLine } from './log-view.ts';

function show(record: Record<string, unknown>): string {
  return stripVTControlCharacters(
    formatLogLine('hub', JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05Z', ...record })),
  );
}

describe('formatLogLine', () => {
  it('shows the service, the level, the message and the fields', () => {
    expect(show({ service: 'tracker', msg: 'peer connected', peer_id: 'gf1abc', pid: 7 })).toMatch(
      /^\d\d:04:05 tracker {4}info {2}peer connected peer_id=gf1abc$/,
    );
  });

  it('shows what went wrong beside the message', () => {
    expect(
      show({ level: 'error', msg: 'cannot start', err: { message: 'port 4000 is already in use' } }),
    ).toContain('cannot start port 4000 is already in use');
  });

  it('keeps what is not JSON', () => {
    expect(stripVTControlCharacters(formatLogLine('peer', 'Segmentation fault'))).toMatch(
      /peer\s+Segmentation fault$/,
    );
  });

  it('stays on one line and prints no escape codes, whatever a file is called', () => {
    const line = formatLogLine(
      'peer',
      JSON.stringify({ level: 'info', msg: 'scanned', path: 'a\nb\u001b[2Jc' }),
    );
    expect(line).not.toContain('\n');
    expect(line).not.toContain('\u001b[2J');
  });

  it('cuts endless lines', () => {
    expect(show({ msg: 'x'.repeat(100_000) }).length).toBeLessThan(1_000);
  });
});
