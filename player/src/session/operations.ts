/** What the player asks of the gateway, and the shapes of the responses. */

/** Of any signal: one that comes twice is known by its text. */
const SIGNAL = /* GraphQL */ `
  fragment Signal on PlaybackSignal {
    __typename
    ... on SessionDescription { type sdp source }
    ... on IceCandidate { candidate sdpMid sdpMLineIndex source }
    ... on PeerLost { peerId reason source }
  }`;

const created = (more = '') => /* GraphQL */ `{
      __typename
      ... on PlaybackSessionCreated {
        session { id positionSeconds }
        playbackToken
        maxSources
        iceServers { urls username credential }
        ${more}
      }
      ... on ConcurrencyLimitReached { maxConcurrentStreams activeSessions { id deviceId } }
      ... on NotEntitled { message }
      ... on ContentUnavailable { message }
    }`;

export const CREATE_SESSION = /* GraphQL */ `
  mutation CreateSession($input: CreatePlaybackSessionInput!) {
    createPlaybackSession(input: $input) ${created()}
  }`;
/** The same, by name too, with an offer in `input`, which older servers do not know. */
export const CREATE_OFFERED_SESSION = /* GraphQL */ `
  mutation CreateSession($input: CreatePlaybackSessionInput!) {
    createPlaybackSession(input: $input) ${created('offerAccepted signals { ...Signal }')}
  }
  ${SIGNAL}`;
export interface CreatedSession {
  __typename: 'PlaybackSessionCreated';
  session: { id: string; positionSeconds: number };
  playbackToken: string;
  /** Peers that may serve the session at once. */
  maxSources: number;
  iceServers: { urls: string[]; username: string | null; credential: string | null }[];
  /** Whether the offer that was sent along has gone to a peer; only where one was. */
  offerAccepted?: boolean;
  /** What that peer has signalled by now. */
  signals?: SignalEvent['playbackSignals'][];
}
export interface CreateSessionResult {
  createPlaybackSession:
    | CreatedSession
    | {
        __typename: 'ConcurrencyLimitReached';
        maxConcurrentStreams: number;
        activeSessions: { id: string; deviceId: string }[];
      }
    | { __typename: 'NotEntitled'; message: string }
    | { __typename: 'ContentUnavailable'; message: string };
}

export const HEARTBEAT = /* GraphQL */ `
  mutation Heartbeat($sessionId: ID!, $positionSeconds: Float!) {
    playbackHeartbeat(sessionId: $sessionId, positionSeconds: $positionSeconds) { session { id status } playbackToken }
  }`;
export const PAUSE = /* GraphQL */ `
  mutation Pause($sessionId: ID!) { pausePlayback(sessionId: $sessionId) { session { id status } } }`;
export const RESUME = /* GraphQL */ `
  mutation Resume($sessionId: ID!) { resumePlayback(sessionId: $sessionId) { session { id status } } }`;
export const STOP = /* GraphQL */ `
  mutation Stop($sessionId: ID!) { stopPlayback(sessionId: $sessionId) { session { id status } } }`;
export const REFRESH_TOKEN = /* GraphQL */ `
  mutation Refresh($token: String!) { refreshPlaybackToken(token: $token) { playbackToken } }`;

export const SEND_SIGNAL = /* GraphQL */ `
  mutation SendSignal($sessionId: ID!, $signal: PlaybackSignalInput!, $source: Int!) {
    sendPlaybackSignal(sessionId: $sessionId, signal: $signal, source: $source) { accepted }
  }`;
export interface SendSignalResult {
  sendPlaybackSignal: { accepted: boolean };
}

export const LEAVE_SOURCE = /* GraphQL */ `
  mutation LeaveSource($sessionId: ID!, $source: Int!, $problem: SourceProblem) {
    leavePlaybackSource(sessionId: $sessionId, source: $source, problem: $problem) { left }
  }`;
/** Why a source is left, as the server is to know it. */
export type SourceProblem = 'NOT_PROVEN' | 'STALLED' | 'SLOW';

export const SIGNALS = /* GraphQL */ `
  subscription Signals($sessionId: ID!) {
    playbackSignals(sessionId: $sessionId) { ...Signal }
  }
  ${SIGNAL}`;
export interface SignalEvent {
  playbackSignals: { source: number } & (
    | { __typename: 'SessionDescription'; type: 'offer' | 'answer'; sdp: string }
    | { __typename: 'IceCandidate'; candidate: string; sdpMid: string | null; sdpMLineIndex: number | null }
    | { __typename: 'PeerLost'; peerId: string; reason?: 'BUSY' | 'NOT_SHARED' | null }
  );
}
