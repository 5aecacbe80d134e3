/** Reasons of `PlaybackSignal.lost` by which the platform ends a session at a peer; any other means that the viewer left. */

/** The session ended for good: the peer refuses it from then on. */
export const SESSION_ENDED = 'session_ended';
/** Another peer serves the session now. */
export const SESSION_MOVED = 'session_moved';
