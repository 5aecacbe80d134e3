import type { PlaybackEvent } from '@giggityflix/bus';
import type { SessionStatus } from './session.ts';

/** What can happen to a session. `expire` is done by the store, when a lease has expired. */
export const SESSION_ACTIONS = ['heartbeat', 'pause', 'resume', 'stop', 'terminate', 'expire'] as const;
export type SessionAction = (typeof SESSION_ACTIONS)[number];

export interface Transition {
  to: SessionStatus;
  /** The event that is published; null for a repeated call that changes nothing. */
  event: PlaybackEvent['type'] | null;
  /** Why the session ended, for the transitions that end one. */
  ends?: NonNullable<PlaybackEvent['reason']>;
}

const ending = {
  stop: { to: 'stopped', event: 'playback.stopped', ends: 'stopped' },
  terminate: { to: 'terminated', event: 'playback.completed', ends: 'terminated' },
  expire: { to: 'expired', event: 'playback.completed', ends: 'expired' },
} as const satisfies Partial<Record<SessionAction, Transition>>;

/**
 * The state machine of a session. An action that is absent from a state's row is not allowed there.
 *
 * A stopped session may still be terminated, as players written for the documented API stop first and
 * then terminate; it ended when it was stopped, so no second end is published.
 */
export const TRANSITIONS: Readonly<
  Record<SessionStatus, Readonly<Partial<Record<SessionAction, Transition>>>>
> = {
  active: {
    heartbeat: { to: 'active', event: 'playback.heartbeat' },
    pause: { to: 'paused', event: 'playback.paused' },
    resume: { to: 'active', event: null },
    ...ending,
  },
  paused: {
    heartbeat: { to: 'paused', event: 'playback.heartbeat' },
    pause: { to: 'paused', event: null },
    resume: { to: 'active', event: 'playback.resumed' },
    ...ending,
  },
  stopped: {
    stop: { to: 'stopped', event: null },
    terminate: { to: 'terminated', event: null },
  },
  terminated: {
    terminate: { to: 'terminated', event: null },
  },
  expired: {},
};
