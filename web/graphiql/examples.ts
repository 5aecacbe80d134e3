import operations from 'contract/operations.graphql';

/** Variables that make the examples run as they are. */
const VARIABLES: Record<string, unknown> = {
  BrowseTitles: { first: 20, filter: { available: true } },
  TitleById: { id: 'an id from BrowseTitles' },
  Availability: { catalogIds: ['a catalogId from BrowseTitles'] },
  Peers: { first: 20 },
  CatalogAvailability: { catalogIds: ['a catalogId from BrowseTitles'] },
  SubscribeToCatalog: { input: { catalogId: 'a catalogId that is not available', ttlHours: 24 } },
  CancelCatalogSubscription: { id: 'an id from SubscribeToCatalog' },
  CreatePlaybackSession: {
    input: { profileId: 'default', deviceId: 'graphiql', catalogId: 'a catalogId from BrowseTitles' },
  },
  PlaybackHeartbeat: { sessionId: 'an id from CreatePlaybackSession', positionSeconds: 12.5 },
};

/** Operations of the contract that make good first steps, each with the fragments it uses. */
const SHOWN = [
  'BrowseTitles',
  'CatalogAvailability',
  'TitleById',
  'Peers',
  'CreatePlaybackSession',
  'PlaybackHeartbeat',
  'Concurrency',
  'SubscribeToCatalog',
  'CatalogSubscriptionMatched',
];

export function exampleTabs(): { query: string; variables?: string }[] {
  const definitions = operations.split(
    /\n(?=(?:query|mutation|subscription|fragment|#[^\n]*\n(?:query|mutation|subscription|fragment)) ?)/,
  );
  const named = (kind: string, name: string) =>
    definitions.find((text) => new RegExp(`^${kind} ${name}\\b`, 'm').test(text));
  return SHOWN.flatMap((name) => {
    const query = named('(?:query|mutation|subscription)', name);
    if (!query) return [];
    const fragments = [...query.matchAll(/\.\.\.(\w+)/g)].flatMap(
      ([, fragment]) => named('fragment', fragment as string) ?? [],
    );
    const variables = VARIABLES[name];
    return [
      {
        query: [query.trim(), ...fragments.map((text) => text.trim())].join('\n\n'),
        ...(variables ? { variables: JSON.stringify(variables, null, 2) } : {}),
      },
    ];
  });
}
