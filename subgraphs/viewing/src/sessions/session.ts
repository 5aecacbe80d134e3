/** `active` and `paused` sessions are live: they hold a slot. The others have ended, for good. */
export const SESSION_STATUSES = ['active', 'paused', 'stopped', 'terminated', 'expired'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

/** Longest position in a media file that is accepted, in seconds: thirty days. */
export const MAX_POSITION_SECONDS = 2_592_000;

/** A playback session: one device that plays one media file, and its position. */
export interface Session {
  id: string;
  userId: string;
  profileId: string;
  catalogId: string;
  /** What the player calls its device. */
  deviceId: string;
  /** The sign-in the session was opened with (`device_id` of its token); null where that is not known. */
  signInId: string | null;
  status: SessionStatus;
  /** Milliseconds since 1970, by the store's clock. */
  startedAt: number;
  lastHeartbeatAt: number;
  /** Seconds from the start of the media file. */
  position: number;
}

export function isLive(session: Pick<Session, 'status'>): boolean {
  return session.status === 'active' || session.status === 'paused';
}
