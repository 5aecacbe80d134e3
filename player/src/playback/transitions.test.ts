import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  PLAYBACK_EVENTS,
  PLAYBACK_STATES,
  PLAYBACK_TRANSITIONS,
  type PlaybackStateName,
} from './transitions.ts';

const HOLDING = ['connecting', 'playing', 'reconnecting', 'changing', 'waiting', 'ended', 'failed'];

/** Every pair of a state and an event, with what it leads to. */
const pairs = PLAYBACK_STATES.flatMap((state) =>
  PLAYBACK_EVENTS.map((event) => ({ state, event, transition: PLAYBACK_TRANSITIONS[state][event] })),
);

describe('the transitions of a playback', () => {
  it('are documented as they are', () => {
    const rows = PLAYBACK_EVENTS.map((event) => {
      const cells = PLAYBACK_STATES.map((state) => {
        const transition = PLAYBACK_TRANSITIONS[state][event];
        if (!transition) return ' ';
        return transition.action ? ` ${transition.to}: ${transition.action} ` : ` ${transition.to} `;
      });
      return `| ${event} |${cells.join('|')}|`;
    });
    const document = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const table = /<!-- transitions -->\n([\s\S]*?)\n<!-- \/transitions -->/.exec(document)?.[1];
    expect(table?.split('\n').filter((line) => !line.startsWith('|--'))).toEqual([
      `| event | ${PLAYBACK_STATES.join(' | ')} |`,
      ...rows,
    ]);
  });

  it('reach every state from idle', () => {
    const reached = new Set<PlaybackStateName>(['idle']);
    for (const state of reached)
      for (const { to } of Object.values(PLAYBACK_TRANSITIONS[state])) reached.add(to);
    expect([...reached].sort()).toEqual([...PLAYBACK_STATES].sort());
  });

  it('let the viewer begin, choose and leave in every state', () => {
    for (const state of PLAYBACK_STATES) {
      expect(PLAYBACK_TRANSITIONS[state].begin).toEqual({ to: 'starting', action: 'start' });
      expect(PLAYBACK_TRANSITIONS[state].release).toEqual({ to: 'idle', action: 'release' });
      expect(PLAYBACK_TRANSITIONS[state].choose?.action).toMatch(/^(start|switch)$/);
    }
  });

  it('start a session whenever they lead to starting, and only then', () => {
    for (const { transition } of pairs)
      if (transition) expect(transition.action === 'start').toBe(transition.to === 'starting');
  });

  it('let go of session and peer on the way to every state that holds none', () => {
    for (const { transition } of pairs)
      if (transition && !HOLDING.includes(transition.to))
        expect(['start', 'release', 'pause-and-release']).toContain(transition.action);
  });

  it('play another form over the same link only where there is one', () => {
    for (const { state, transition } of pairs)
      if (transition?.action === 'switch') {
        expect(transition.to).toBe(state);
        expect(['connecting', 'playing', 'reconnecting', 'changing', 'waiting']).toContain(state);
      }
  });

  it('let an ended playback begin again, and nothing of its link disturb it', () => {
    expect(Object.keys(PLAYBACK_TRANSITIONS.ended).sort()).toEqual(['begin', 'choose', 'release', 'resume']);
  });
});
