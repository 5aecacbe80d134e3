import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  STREAM_EVENTS,
  STREAM_STATES,
  type StreamEvent,
  TRANSITIONS,
  type Transition,
} from './transitions.ts';

const LIVE_STATES = STREAM_STATES.filter((state) => state !== 'closed');

it('are documented as they are', () => {
  const cell = (transition: Transition | undefined) => {
    if (!transition) return '';
    const { to, status, reason } = transition;
    return [to, status, reason && `\`${reason}\``].filter(Boolean).join(', ');
  };
  const rows = Object.entries(STREAM_EVENTS).map(([event, meaning]) => {
    const cells = LIVE_STATES.map((state) => cell(TRANSITIONS[state][event as StreamEvent]));
    return `| ${[event, meaning, ...cells].join(' | ')} |`;
  });
  const header = `| ${['event', 'meaning', ...LIVE_STATES].join(' | ')} |`;
  const document = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const table = /<!-- transitions -->\n([\s\S]*?)\n<!-- \/transitions -->/.exec(document)?.[1];
  expect(table?.split('\n').filter((line) => !line.startsWith('| ---'))).toEqual([header, ...rows]);
});

it('lead nowhere from the end', () => {
  expect(TRANSITIONS.closed).toEqual({});
});

it('end every state, and give a reason exactly where there is a connection to close', () => {
  for (const state of LIVE_STATES) {
    const ends = Object.values(TRANSITIONS[state]).filter(({ to }) => to === 'closed');
    expect(ends).not.toEqual([]);
    const hasConnection = state === 'opening' || state === 'registered';
    for (const { reason } of ends) expect(reason !== undefined).toBe(hasConnection);
  }
});
