import { compose } from '@giggityflix/gateway';

const FEDERATION =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@authenticated"])';

/** Subgraphs cut like the platform's; answered by `subgraphs.ts` without a GraphQL engine, so that they cost little. */
const SCHEMAS: Readonly<Record<string, string>> = {
  catalog: `type Query { titles(first: Int!, after: String): [Title!]! }
    type Title @key(fields: "id") { id: ID! name: String! year: Int files: [File!]! }
    type File @key(fields: "catalogId") { catalogId: ID! sizeBytes: Float! container: String videoCodec: String title: Title! }`,
  tracker: `type Query { peers: Int }
    type File @key(fields: "catalogId") { catalogId: ID! availability: Availability! }
    type Availability { isAvailable: Boolean! peerCount: Int! }
    type Subscription { availabilityChanged(catalogIds: [ID!]!): Change! }
    type Change { catalogId: ID! isAvailable: Boolean! peerCount: Int! file: File! }`,
  viewing: `type Query { concurrency: Int }
    type Title @key(fields: "id") { id: ID! progress: Progress }
    type Progress { positionSeconds: Float! completed: Boolean! }`,
};

export const BROWSE = `query Browse($first: Int!, $after: String) {
  titles(first: $first, after: $after) {
    id name year
    files { catalogId sizeBytes container videoCodec availability { isAvailable peerCount } }
    progress { positionSeconds completed }
  }
}`;

export const WATCH = `subscription Watch($catalogIds: [ID!]!) {
  availabilityChanged(catalogIds: $catalogIds) {
    catalogId isAvailable peerCount file { sizeBytes title { id name } }
  }
}`;

/** Composes the supergraph for subgraphs at `url`, each under its name; `restricted` has types that take a token. */
export async function composeFor(url: string, { restricted = false } = {}): Promise<string> {
  const composition = await compose(
    Object.entries(SCHEMAS).map(([name, types]) => ({
      name,
      url: `${url}/${name}`,
      sdl: `${FEDERATION}\n${restricted ? types.replaceAll(/type (Progress|Availability)/g, 'type $1 @authenticated') : types}`,
      origin: name,
    })),
  );
  if (!composition.ok) throw new Error(composition.problems.join('\n'));
  return composition.sdl;
}
