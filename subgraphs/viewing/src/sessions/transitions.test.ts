import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SESSION_STATUSES } from './session.ts';
import { SESSION_ACTIONS, TRANSITIONS } from './transitions.ts';

it('are documented as they are', () => {
  const header = `| from | ${SESSION_ACTIONS.join(' | ')} |`;
  const rows = SESSION_STATUSES.map((status) => {
    const cells = SESSION_ACTIONS.map((action) => {
      const transition = TRANSITIONS[status][action];
      if (!transition) return ' ';
      return transition.event ? ` ${transition.to} ` : ` *${transition.to}* `;
    });
    return `| ${status} |${cells.join('|')}|`;
  });
  const document = readFileSync(new URL('../../../../docs/viewing.md', import.meta.url), 'utf8');
  const table = /<!-- transitions -->\n([\s\S]*?)\n<!-- \/transitions -->/.exec(document)?.[1];
  expect(table?.split('\n').filter((line) => !line.startsWith('|--'))).toEqual([header, ...rows]);
});

it('end a session once: after its end no event is published', () => {
  for (const status of ['stopped', 'terminated', 'expired'] as const)
    for (const transition of Object.values(TRANSITIONS[status])) {
      expect(transition.event).toBeNull();
      expect(['active', 'paused']).not.toContain(transition.to);
    }
});
