export { ChannelError } from './channel/channel-error.ts';
export type { Opened } from './channel/opening.ts';
export { verifyPiece } from './channel/verify-piece.ts';
export {
  createViewerClient,
  type FilmContents,
  type ReceivedPiece,
  type ViewerClient,
} from './channel/viewer-client.ts';
export type { PeerConnection } from './connection/connection.ts';
export type { Form } from './connection/form.ts';
export { createLink, type Link, type LinkStatus } from './connection/link.ts';
export { createFilmReader, type FilmReader } from './film/film-reader.ts';
export { createGraphQLClient, type FetchGraphQLClient } from './graphql/client.ts';
export type { FilmForm, Quality } from './playback/choice.ts';
export { failureOf, PlayerError, type PlayerFailure } from './playback/failure.ts';
export { createPlayback, type FormChange, type Playback, type PlaybackState } from './playback/playback.ts';
export type { Attachment, AttachOptions, Screen } from './playback/showing.ts';
export { type GraphQLClient, GraphQLRequestError } from './ports/graphql.ts';
export type { Hashing } from './ports/hashing.ts';
export type { Platform } from './ports/platform.ts';
export type { ChannelEvents, IceCandidate, IceServer, OfferChannel, OfferedChannel } from './ports/rtc.ts';
export { globalTimers, type Timers } from './ports/timers.ts';
export type { SourceProblem } from './session/operations.ts';
export { createPlaybackSession, PlaybackRefused, reportSession } from './session/session.ts';
export type { PieceClient } from './swarm/source.ts';
export type { SourceFigures } from './swarm/swarm.ts';
