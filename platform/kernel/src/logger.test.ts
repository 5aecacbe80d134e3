import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { withTrace } from './trace.ts';

function logging(work: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  work(createLogger({ service: 'edge', destination: { write: (line) => void lines.push(line) } }));
  return JSON.parse(lines[0] as string);
}

describe('a log line', () => {
  it('names its service, level and time', () => {
    const line = logging((logger) => logger.info({ peer_id: 'p' }, 'connected'));
    expect(line).toMatchObject({ service: 'edge', level: 'info', msg: 'connected', peer_id: 'p' });
    expect(line.time).toMatch(/^\d{4}-\d{2}-\d{2}T/);
    expect(line).not.toHaveProperty('trace_id');
  });

  it('names the trace it belongs to', () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const line = logging((logger) => withTrace(trace, () => logger.info('connected')));
    expect(line.trace_id).toBe('0af7651916cd43dd8448eb211c80319c');
  });

  it('holds no secrets', () => {
    const line = logging((logger) =>
      logger.info({ token: 'hunter2', request: { authorization: 'hunter2' } }, 'x'),
    );
    expect(JSON.stringify(line)).not.toContain('hunter2');
  });
});
