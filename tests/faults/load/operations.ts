/** What viewers send, as clients of the documents do. */
export const AVAILABILITY =
  'query Availability($catalogIds: [ID!]!) { catalogAvailability(catalogIds: $catalogIds) { catalogId isAvailable peerCount } }';

export const AVAILABILITY_CHANGED = `subscription CatalogAvailability($catalogIds: [ID!]!) {
  catalogAvailabilityChanged(catalogIds: $catalogIds) { catalogId isAvailable peerCount changedAt file { title { name } } }
}`;

export const BROWSE = `query BrowseTitles($first: Int!, $filter: TitleFilter) {
  titles(first: $first, filter: $filter) {
    totalCount
    edges { node { id name files { catalogId availability { isAvailable peerCount } } progress { positionSeconds } } }
  }
}`;

export const CREATE = `mutation CreatePlaybackSession($input: CreatePlaybackSessionInput!) {
  createPlaybackSession(input: $input) {
    __typename
    ... on PlaybackSessionCreated { session { id status } playbackToken }
    ... on ConcurrencyLimitReached { maxConcurrentStreams activeSessions { id } }
    ... on NotEntitled { message }
  }
}`;

const changing = (name: string, arguments_: string, values: string) =>
  `mutation ($sessionId: ID!${arguments_}) { ${name}(sessionId: $sessionId${values}) { session { id status positionSeconds } } }`;
export const HEARTBEAT = changing(
  'playbackHeartbeat',
  ', $positionSeconds: Float!',
  ', positionSeconds: $positionSeconds',
);
export const PAUSE = changing('pausePlayback', '', '');
export const RESUME = changing('resumePlayback', '', '');
export const STOP = changing('stopPlayback', '', '');

export const CONCURRENCY = 'query Concurrency { concurrency { activeStreamCount maxConcurrentStreams } }';

export const WATCHING =
  'query Watching($first: Int!) { continueWatching(first: $first) { catalogId positionSeconds profile { id } } }';

export const SUBSCRIBE = `mutation SubscribeToCatalog($input: SubscribeToCatalogInput!) {
  subscribeToCatalog(input: $input) { subscription { id } }
}`;
