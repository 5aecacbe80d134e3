/** What the pages ask of the gateway, and the shapes of the answers. */

export interface MediaFile {
  catalogId: string;
  name: string;
  sizeBytes: number;
  durationSeconds: number | null;
  container: string | null;
  mimeType: string | null;
  videoCodec: string | null;
  audioCodec: string | null;
  width: number | null;
  height: number | null;
  language: string | null;
  availability: { isAvailable: boolean; peerCount: number };
}

export interface Progress {
  positionSeconds: number;
  completed: boolean;
}

export interface Title {
  id: string;
  name: string;
  year: number | null;
  kind: 'MOVIE' | 'EPISODE' | 'CLIP';
  season: number | null;
  episode: number | null;
  lastEpisode: number | null;
  artwork: Artwork[];
  files: MediaFile[];
  progress: Progress | null;
}

export interface Artwork {
  url: string;
  kind: 'POSTER' | 'BACKDROP' | 'THUMB' | 'STILL' | 'LOGO';
  width: number;
  height: number;
}

/** What is said of a title's work. */
export interface TitleWithDetails extends Title {
  episodeTitle: string | null;
  originalTitle: string | null;
  plot: string | null;
  outline: string | null;
  tagline: string | null;
  genres: string[];
  studios: string[];
  people: { name: string; role: string | null; job: 'ACTOR' | 'DIRECTOR' | 'WRITER' | 'PRODUCER' }[];
  ratings: { source: string | null; value: number; scale: number; votes: number | null }[];
  certification: string | null;
  collection: string | null;
  premiered: string | null;
  runtime: number | null;
  seasonTitle: string | null;
  /** Null where nobody is signed in, and while it cannot be said. */
  isInWatchlist: boolean | null;
  extraOf: { id: string; name: string } | null;
  extras: Title[];
}

const FILE = /* GraphQL */ `
  fragment FileDetails on MediaFile {
    catalogId name sizeBytes durationSeconds container mimeType videoCodec audioCodec width height language
    availability { isAvailable peerCount }
  }`;

const TITLE = /* GraphQL */ `
  fragment TitleDetails on Title {
    id name year kind season episode lastEpisode
    artwork { url kind width height }
    files { ...FileDetails }
    progress(profileId: $profileId) { positionSeconds completed }
  }
  ${FILE}`;

export const BROWSE = /* GraphQL */ `
  query Browse($first: Int!, $after: String, $filter: TitleFilter, $profileId: ID) {
    titles(first: $first, after: $after, filter: $filter) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { ...TitleDetails } }
    }
  }
  ${TITLE}`;
export interface BrowseResult {
  titles: {
    totalCount: number;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
    edges: { node: Title }[];
  };
}

export const TITLE_BY_ID = /* GraphQL */ `
  query TitlePage($id: ID!, $profileId: ID) {
    title(id: $id) {
      ...TitleDetails
      episodeTitle originalTitle plot outline tagline genres studios certification collection premiered runtime seasonTitle
      people { name role job }
      ratings { source value scale votes }
      isInWatchlist(profileId: $profileId)
      extraOf { id name }
      extras { ...TitleDetails }
    }
  }
  ${TITLE}`;

export const FILE_BY_ID = /* GraphQL */ `
  query WatchPage($catalogId: ID!, $profileId: ID) {
    mediaFile(catalogId: $catalogId) {
      ...FileDetails
      tracks { kind }
      chapters { startSeconds title }
      markers { kind startSeconds endSeconds }
      title { id name year kind season episode lastEpisode progress(profileId: $profileId) { positionSeconds completed } }
    }
  }
  ${FILE}`;
/** A part of a file. */
export interface FilePart {
  startSeconds: number;
  endSeconds: number;
}

export interface FileResult {
  mediaFile:
    | (MediaFile & {
        tracks: { kind: string }[];
        chapters: { startSeconds: number; title: string | null }[];
        markers: (FilePart & { kind: 'INTRO' | 'CREDITS' })[];
        title: Omit<Title, 'files' | 'artwork'>;
      })
    | null;
}

export const CONTINUE_WATCHING = /* GraphQL */ `
  query ContinueWatching($first: Int!, $profileId: ID) {
    continueWatching(first: $first, profileId: $profileId) {
      catalogId positionSeconds completed
      file {
        durationSeconds
        availability { isAvailable peerCount }
        title { id name year kind artwork { url kind width height } }
      }
    }
  }`;
export interface ContinueWatchingResult {
  continueWatching: {
    catalogId: string;
    positionSeconds: number;
    completed: boolean;
    file: {
      durationSeconds: number | null;
      availability: { isAvailable: boolean; peerCount: number } | null;
      title: Pick<Title, 'id' | 'name' | 'year' | 'kind' | 'artwork'>;
    } | null;
  }[];
}

export const HIDE_FROM_CONTINUE_WATCHING = /* GraphQL */ `
  mutation HideFromContinueWatching($catalogIds: [ID!]!, $profileId: ID) {
    removeFromContinueWatching(catalogIds: $catalogIds, profileId: $profileId) { progress { catalogId } }
  }`;

export const MARK_WATCHED = /* GraphQL */ `
  mutation MarkWatched($catalogIds: [ID!]!, $watched: Boolean!, $profileId: ID) {
    markWatched(catalogIds: $catalogIds, watched: $watched, profileId: $profileId) { progress { catalogId } }
  }`;

export const WATCHLIST = /* GraphQL */ `
  query Watchlist($first: Int!, $after: String, $profileId: ID) {
    watchlist(first: $first, after: $after, profileId: $profileId) {
      pageInfo { hasNextPage endCursor }
      edges { node { catalogId file { catalogId title { ...TitleDetails } } } }
    }
  }
  ${TITLE}`;
export interface WatchlistResult {
  watchlist: {
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
    edges: { node: { catalogId: string; file: { title: Title } | null } }[];
  };
}

export const ADD_TO_WATCHLIST = /* GraphQL */ `
  mutation AddToWatchlist($catalogId: ID!, $profileId: ID) {
    addToWatchlist(catalogId: $catalogId, profileId: $profileId) { keptCatalogIds }
  }`;

export const REMOVE_FROM_WATCHLIST = /* GraphQL */ `
  mutation RemoveFromWatchlist($catalogIds: [ID!]!, $profileId: ID) {
    removeFromWatchlist(catalogIds: $catalogIds, profileId: $profileId) { keptCatalogIds }
  }`;

export const SCREENS = /* GraphQL */ `
  query Screens {
    concurrency { activeSessions { id startedAt file { catalogId title { name } } } }
  }`;
export interface ScreensResult {
  concurrency: {
    activeSessions: { id: string; startedAt: string; file: { title: { name: string } } | null }[];
  };
}

export const STOP_SCREEN = /* GraphQL */ `
  mutation StopScreen($sessionId: ID!) { stopPlayback(sessionId: $sessionId) { session { id status } } }`;

export const AVAILABILITY_CHANGED = /* GraphQL */ `
  subscription AvailabilityChanged($catalogIds: [ID!]!) {
    catalogAvailabilityChanged(catalogIds: $catalogIds) { catalogId isAvailable peerCount }
  }`;
export interface AvailabilityChange {
  catalogAvailabilityChanged: { catalogId: string; isAvailable: boolean; peerCount: number };
}

export const AVAILABILITY = /* GraphQL */ `
  query Availability($catalogIds: [ID!]!) {
    catalogAvailability(catalogIds: $catalogIds) { catalogId isAvailable peerCount }
  }`;
export interface AvailabilityResult {
  catalogAvailability: { catalogId: string; isAvailable: boolean; peerCount: number }[];
}

export const NOTIFY_ME = /* GraphQL */ `
  mutation NotifyMe($catalogId: ID!) {
    subscribeToCatalog(input: { catalogId: $catalogId }) { subscription { id } }
  }`;

export const NOTIFIED = /* GraphQL */ `
  subscription Notified {
    catalogSubscriptionMatched { catalogId file { title { id name } } }
  }`;
export interface NotifiedEvent {
  catalogSubscriptionMatched: { catalogId: string; file: { title: { id: string; name: string } } };
}
