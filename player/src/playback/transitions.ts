/** The states of a playback. Those in which it has a link to peers: connecting, playing, reconnecting, changing, waiting. */
export const PLAYBACK_STATES = [
  'idle',
  'starting',
  'connecting',
  'playing',
  'reconnecting',
  'changing',
  'waiting',
  'ended',
  'failed',
  'undecodable',
  'taken-over',
] as const;
export type PlaybackStateName = (typeof PLAYBACK_STATES)[number];

/**
 * What can happen to a playback.
 *
 * - From the viewer: `begin` at a place, `choose` another quality or audio track, `resume` after the end by playing or
 *   seeking, `release`.
 * - From the link: `connecting`, `connected`, `reconnecting`, `changing`; `waiting` while no peer has room to convert the film.
 * - From the session: `expired`, `ended-elsewhere` when someone else ended it.
 * - From the screen: `finished` at the end of the film, `unreadable` when its bytes stopped coming, `interrupted` when the form has
 *   to be attached anew.
 * - From session or link: `failed` when none can be had.
 * - From link or screen: `refused` when the form cannot be had or decoded and another one is left to try, `exhausted` when
 *   none is left.
 */
export const PLAYBACK_EVENTS = [
  'begin',
  'choose',
  'resume',
  'release',
  'connecting',
  'connected',
  'reconnecting',
  'changing',
  'waiting',
  'expired',
  'ended-elsewhere',
  'finished',
  'unreadable',
  'interrupted',
  'failed',
  'refused',
  'exhausted',
] as const;
export type PlaybackEventName = (typeof PLAYBACK_EVENTS)[number];

/**
 * What a transition does, beside entering its state.
 *
 * - `start`: ends the session there is and starts another one.
 * - `switch`: plays another form of the film over the same link; the state is not announced again.
 * - `offer-choices`: announces the link, of which the peer's tracks and conversions can be asked.
 * - `stop-session`: ends the session and keeps what the element holds.
 * - `pause-and-release`: pauses the element, ends the session and leaves the peer.
 * - `release`: ends the session and leaves the peer.
 */
export type PlaybackAction =
  | 'start'
  | 'switch'
  | 'offer-choices'
  | 'stop-session'
  | 'pause-and-release'
  | 'release';

export interface PlaybackTransition {
  to: PlaybackStateName;
  action: PlaybackAction | null;
}

type Row = Readonly<Partial<Record<PlaybackEventName, PlaybackTransition>>>;

const started: PlaybackTransition = { to: 'starting', action: 'start' };
const released: PlaybackTransition = { to: 'idle', action: 'release' };
const failed: PlaybackTransition = { to: 'failed', action: null };
const exhausted: PlaybackTransition = { to: 'undecodable', action: 'release' };

/** Where nothing is held, a playback can only be started. */
const nothingHeld = { begin: started, choose: started, release: released } satisfies Row;

const sessionEnds = {
  expired: started,
  'ended-elsewhere': { to: 'taken-over', action: 'pause-and-release' },
} satisfies Row;

/** With a link; a link that was refused the form has ended with it, so the next form gets another session. */
const linked = (state: PlaybackStateName): Row => ({
  begin: started,
  choose: { to: state, action: 'switch' },
  release: released,
  connecting: { to: 'connecting', action: null },
  connected: { to: 'playing', action: 'offer-choices' },
  reconnecting: { to: 'reconnecting', action: null },
  changing: { to: 'changing', action: null },
  waiting: { to: 'waiting', action: null },
  ...sessionEnds,
  finished: { to: 'ended', action: 'stop-session' },
  unreadable: failed,
  interrupted: { to: state, action: 'switch' },
  failed,
  refused: started,
  exhausted,
});

/** The state machine of a playback. An event that is absent from a state's row is ignored there. */
export const PLAYBACK_TRANSITIONS: Readonly<Record<PlaybackStateName, Row>> = {
  idle: nothingHeld,
  starting: { ...nothingHeld, connecting: { to: 'connecting', action: null }, failed },
  connecting: linked('connecting'),
  playing: { ...linked('playing'), refused: { to: 'playing', action: 'switch' } },
  reconnecting: linked('reconnecting'),
  changing: linked('changing'),
  waiting: { ...linked('waiting'), refused: { to: 'waiting', action: 'switch' } },
  ended: { ...nothingHeld, resume: started },
  failed: { ...nothingHeld, ...sessionEnds, finished: { to: 'ended', action: 'stop-session' }, failed },
  undecodable: nothingHeld,
  'taken-over': nothingHeld,
};
