/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { Operation } from '../operation.ts';
export type ArtworkKind =
  | 'BACKDROP'
  | 'LOGO'
  | 'POSTER'
  /** A frame. */
  | 'STILL'
  | 'THUMB';

export type MarkerKind =
  | 'CREDITS'
  | 'INTRO';

export type PersonJob =
  | 'ACTOR'
  | 'DIRECTOR'
  | 'PRODUCER'
  | 'WRITER';

export type PlaybackStatus =
  | 'ACTIVE'
  | 'EXPIRED'
  | 'PAUSED'
  | 'STOPPED'
  | 'TERMINATED';

export type TitleFilter = {
  /** Only titles with a file a peer has now (true), or with none (false). */
  available?: boolean | null | undefined;
  /** The first year of ten, such as 1990; 0 for titles of no known year. */
  decade?: number | null | undefined;
  /** Only extras of titles that the catalog has (true), or all but these (false). */
  extra?: boolean | null | undefined;
  kind?: TitleKind | null | undefined;
  /** Only titles with a file in it, as `facets` name it. */
  language?: string | null | undefined;
  /** What people type: beginnings of words of names, people, genres, plots, …, in any order; a year, or an episode's numbers. The best first, at most 200 characters and 10 words. */
  search?: string | null | undefined;
};

export type TitleKind =
  | 'CLIP'
  | 'EPISODE'
  | 'MOVIE';

export type TrackKind =
  | 'AUDIO'
  | 'SUBTITLE'
  | 'VIDEO';

export type FileDetailsFragment = { catalogId: string, name: string, sizeBytes: number, durationSeconds: number | null, container: string | null, mimeType: string | null, videoCodec: string | null, audioCodec: string | null, width: number | null, height: number | null, language: string | null, availability: { isAvailable: boolean, peerCount: number } };

export type TitleDetailsFragment = { id: string, name: string, year: number | null, kind: TitleKind, season: number | null, episode: number | null, lastEpisode: number | null, artwork: Array<{ url: string, kind: ArtworkKind, width: number, height: number }>, files: Array<{ catalogId: string, name: string, sizeBytes: number, durationSeconds: number | null, container: string | null, mimeType: string | null, videoCodec: string | null, audioCodec: string | null, width: number | null, height: number | null, language: string | null, availability: { isAvailable: boolean, peerCount: number } }>, progress: { positionSeconds: number, completed: boolean } | null };

export type BrowseQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: TitleFilter | null | undefined;
  profileId?: string | null | undefined;
}>;


export type BrowseQuery = { titles: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ node: { id: string, name: string, year: number | null, kind: TitleKind, season: number | null, episode: number | null, lastEpisode: number | null, artwork: Array<{ url: string, kind: ArtworkKind, width: number, height: number }>, files: Array<{ catalogId: string, name: string, sizeBytes: number, durationSeconds: number | null, container: string | null, mimeType: string | null, videoCodec: string | null, audioCodec: string | null, width: number | null, height: number | null, language: string | null, availability: { isAvailable: boolean, peerCount: number } }>, progress: { positionSeconds: number, completed: boolean } | null } }> } };

export type TitlePageQueryVariables = Exact<{
  id: string;
  profileId?: string | null | undefined;
}>;


export type TitlePageQuery = { title: { episodeTitle: string | null, originalTitle: string | null, plot: string | null, outline: string | null, tagline: string | null, genres: Array<string>, studios: Array<string>, certification: string | null, collection: string | null, premiered: string | null, runtime: number | null, seasonTitle: string | null, isInWatchlist: boolean | null, id: string, name: string, year: number | null, kind: TitleKind, season: number | null, episode: number | null, lastEpisode: number | null, people: Array<{ name: string, role: string | null, job: PersonJob }>, ratings: Array<{ source: string | null, value: number, scale: number, votes: number | null }>, extraOf: { id: string, name: string } | null, extras: Array<{ id: string, name: string, year: number | null, kind: TitleKind, season: number | null, episode: number | null, lastEpisode: number | null, artwork: Array<{ url: string, kind: ArtworkKind, width: number, height: number }>, files: Array<{ catalogId: string, name: string, sizeBytes: number, durationSeconds: number | null, container: string | null, mimeType: string | null, videoCodec: string | null, audioCodec: string | null, width: number | null, height: number | null, language: string | null, availability: { isAvailable: boolean, peerCount: number } }>, progress: { positionSeconds: number, completed: boolean } | null }>, artwork: Array<{ url: string, kind: ArtworkKind, width: number, height: number }>, files: Array<{ catalogId: string, name: string, sizeBytes: number, durationSeconds: number | null, container: string | null, mimeType: string | null, videoCodec: string | null, audioCodec: string | null, width: number | null, height: number | null, language: string | null, availability: { isAvailable: boolean, peerCount: number } }>, progress: { positionSeconds: number, completed: boolean } | null } | null };

export type WatchPageQueryVariables = Exact<{
  catalogId: string;
  profileId?: string | null | undefined;
}>;


export type WatchPageQuery = { mediaFile: { catalogId: string, name: string, sizeBytes: number, durationSeconds: number | null, container: string | null, mimeType: string | null, videoCodec: string | null, audioCodec: string | null, width: number | null, height: number | null, language: string | null, tracks: Array<{ kind: TrackKind }>, chapters: Array<{ startSeconds: number, title: string | null }>, markers: Array<{ kind: MarkerKind, startSeconds: number, endSeconds: number }>, title: { id: string, name: string, year: number | null, kind: TitleKind, season: number | null, episode: number | null, lastEpisode: number | null, progress: { positionSeconds: number, completed: boolean } | null }, availability: { isAvailable: boolean, peerCount: number } } | null };

export type ContinueWatchingQueryVariables = Exact<{
  first: number;
  profileId?: string | null | undefined;
}>;


export type ContinueWatchingQuery = { continueWatching: Array<{ catalogId: string, positionSeconds: number, completed: boolean, file: { durationSeconds: number | null, availability: { isAvailable: boolean, peerCount: number }, title: { id: string, name: string, year: number | null, kind: TitleKind, artwork: Array<{ url: string, kind: ArtworkKind, width: number, height: number }> } } | null }> };

export type HideFromContinueWatchingMutationVariables = Exact<{
  catalogIds: Array<string> | string;
  profileId?: string | null | undefined;
}>;


export type HideFromContinueWatchingMutation = { removeFromContinueWatching: { progress: Array<{ catalogId: string }> } };

export type MarkWatchedMutationVariables = Exact<{
  catalogIds: Array<string> | string;
  watched: boolean;
  profileId?: string | null | undefined;
}>;


export type MarkWatchedMutation = { markWatched: { progress: Array<{ catalogId: string }> } };

export type WatchlistQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  profileId?: string | null | undefined;
}>;


export type WatchlistQuery = { watchlist: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ node: { catalogId: string, file: { catalogId: string, title: { id: string, name: string, year: number | null, kind: TitleKind, season: number | null, episode: number | null, lastEpisode: number | null, artwork: Array<{ url: string, kind: ArtworkKind, width: number, height: number }>, files: Array<{ catalogId: string, name: string, sizeBytes: number, durationSeconds: number | null, container: string | null, mimeType: string | null, videoCodec: string | null, audioCodec: string | null, width: number | null, height: number | null, language: string | null, availability: { isAvailable: boolean, peerCount: number } }>, progress: { positionSeconds: number, completed: boolean } | null } } | null } }> } };

export type AddToWatchlistMutationVariables = Exact<{
  catalogId: string;
  profileId?: string | null | undefined;
}>;


export type AddToWatchlistMutation = { addToWatchlist: { keptCatalogIds: Array<string> } };

export type RemoveFromWatchlistMutationVariables = Exact<{
  catalogIds: Array<string> | string;
  profileId?: string | null | undefined;
}>;


export type RemoveFromWatchlistMutation = { removeFromWatchlist: { keptCatalogIds: Array<string> } };

export type ScreensQueryVariables = Exact<{ [key: string]: never; }>;


export type ScreensQuery = { concurrency: { activeSessions: Array<{ id: string, startedAt: string, file: { catalogId: string, title: { name: string } } | null }> } };

export type StopScreenMutationVariables = Exact<{
  sessionId: string;
}>;


export type StopScreenMutation = { stopPlayback: { session: { id: string, status: PlaybackStatus } } };

export type AvailabilityChangedSubscriptionVariables = Exact<{
  catalogIds: Array<string> | string;
}>;


export type AvailabilityChangedSubscription = { catalogAvailabilityChanged: { catalogId: string, isAvailable: boolean, peerCount: number } };

export type AvailabilityQueryVariables = Exact<{
  catalogIds: Array<string> | string;
}>;


export type AvailabilityQuery = { catalogAvailability: Array<{ catalogId: string, isAvailable: boolean, peerCount: number }> };

export type NotifyMeMutationVariables = Exact<{
  catalogId: string;
}>;


export type NotifyMeMutation = { subscribeToCatalog: { subscription: { id: string } } };

export type NotifiedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type NotifiedSubscription = { catalogSubscriptionMatched: { catalogId: string, file: { title: { id: string, name: string } } | null } };

export const BROWSE = "fragment FileDetails on MediaFile{catalogId name sizeBytes durationSeconds container mimeType videoCodec audioCodec width height language availability{isAvailable peerCount}}fragment TitleDetails on Title{id name year kind season episode lastEpisode artwork{url kind width height}files{...FileDetails}progress(profileId:$profileId){positionSeconds completed}}query Browse($first:Int!$after:String$filter:TitleFilter$profileId:ID){titles(first:$first after:$after filter:$filter){totalCount pageInfo{hasNextPage endCursor}edges{node{...TitleDetails}}}}" as Operation<BrowseQuery, BrowseQueryVariables>;
export const TITLE_PAGE = "fragment FileDetails on MediaFile{catalogId name sizeBytes durationSeconds container mimeType videoCodec audioCodec width height language availability{isAvailable peerCount}}fragment TitleDetails on Title{id name year kind season episode lastEpisode artwork{url kind width height}files{...FileDetails}progress(profileId:$profileId){positionSeconds completed}}query TitlePage($id:ID!$profileId:ID){title(id:$id){...TitleDetails episodeTitle originalTitle plot outline tagline genres studios certification collection premiered runtime seasonTitle people{name role job}ratings{source value scale votes}isInWatchlist(profileId:$profileId)extraOf{id name}extras{...TitleDetails}}}" as Operation<TitlePageQuery, TitlePageQueryVariables>;
export const WATCH_PAGE = "fragment FileDetails on MediaFile{catalogId name sizeBytes durationSeconds container mimeType videoCodec audioCodec width height language availability{isAvailable peerCount}}query WatchPage($catalogId:ID!$profileId:ID){mediaFile(catalogId:$catalogId){...FileDetails tracks{kind}chapters{startSeconds title}markers{kind startSeconds endSeconds}title{id name year kind season episode lastEpisode progress(profileId:$profileId){positionSeconds completed}}}}" as Operation<WatchPageQuery, WatchPageQueryVariables>;
export const CONTINUE_WATCHING = "query ContinueWatching($first:Int!$profileId:ID){continueWatching(first:$first profileId:$profileId){catalogId positionSeconds completed file{durationSeconds availability{isAvailable peerCount}title{id name year kind artwork{url kind width height}}}}}" as Operation<ContinueWatchingQuery, ContinueWatchingQueryVariables>;
export const HIDE_FROM_CONTINUE_WATCHING = "mutation HideFromContinueWatching($catalogIds:[ID!]!$profileId:ID){removeFromContinueWatching(catalogIds:$catalogIds profileId:$profileId){progress{catalogId}}}" as Operation<HideFromContinueWatchingMutation, HideFromContinueWatchingMutationVariables>;
export const MARK_WATCHED = "mutation MarkWatched($catalogIds:[ID!]!$watched:Boolean!$profileId:ID){markWatched(catalogIds:$catalogIds watched:$watched profileId:$profileId){progress{catalogId}}}" as Operation<MarkWatchedMutation, MarkWatchedMutationVariables>;
export const WATCHLIST = "fragment FileDetails on MediaFile{catalogId name sizeBytes durationSeconds container mimeType videoCodec audioCodec width height language availability{isAvailable peerCount}}fragment TitleDetails on Title{id name year kind season episode lastEpisode artwork{url kind width height}files{...FileDetails}progress(profileId:$profileId){positionSeconds completed}}query Watchlist($first:Int!$after:String$profileId:ID){watchlist(first:$first after:$after profileId:$profileId){pageInfo{hasNextPage endCursor}edges{node{catalogId file{catalogId title{...TitleDetails}}}}}}" as Operation<WatchlistQuery, WatchlistQueryVariables>;
export const ADD_TO_WATCHLIST = "mutation AddToWatchlist($catalogId:ID!$profileId:ID){addToWatchlist(catalogId:$catalogId profileId:$profileId){keptCatalogIds}}" as Operation<AddToWatchlistMutation, AddToWatchlistMutationVariables>;
export const REMOVE_FROM_WATCHLIST = "mutation RemoveFromWatchlist($catalogIds:[ID!]!$profileId:ID){removeFromWatchlist(catalogIds:$catalogIds profileId:$profileId){keptCatalogIds}}" as Operation<RemoveFromWatchlistMutation, RemoveFromWatchlistMutationVariables>;
export const SCREENS = "query Screens{concurrency{activeSessions{id startedAt file{catalogId title{name}}}}}" as Operation<ScreensQuery, ScreensQueryVariables>;
export const STOP_SCREEN = "mutation StopScreen($sessionId:ID!){stopPlayback(sessionId:$sessionId){session{id status}}}" as Operation<StopScreenMutation, StopScreenMutationVariables>;
export const AVAILABILITY_CHANGED = "subscription AvailabilityChanged($catalogIds:[ID!]!){catalogAvailabilityChanged(catalogIds:$catalogIds){catalogId isAvailable peerCount}}" as Operation<AvailabilityChangedSubscription, AvailabilityChangedSubscriptionVariables>;
export const AVAILABILITY = "query Availability($catalogIds:[ID!]!){catalogAvailability(catalogIds:$catalogIds){catalogId isAvailable peerCount}}" as Operation<AvailabilityQuery, AvailabilityQueryVariables>;
export const NOTIFY_ME = "mutation NotifyMe($catalogId:ID!){subscribeToCatalog(input:{catalogId:$catalogId}){subscription{id}}}" as Operation<NotifyMeMutation, NotifyMeMutationVariables>;
export const NOTIFIED = "subscription Notified{catalogSubscriptionMatched{catalogId file{title{id name}}}}" as Operation<NotifiedSubscription, NotifiedSubscriptionVariables>;