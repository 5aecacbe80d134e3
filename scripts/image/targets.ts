/** What a target of the Dockerfile holds. */
export interface ImageTarget {
  /** What the image is called. */
  image: string;
  /** Their dependencies follow. */
  workspaces: readonly string[];
  /** Files and folders that they read beside their `src`. */
  files: readonly string[];
}

/** The manifest of the root has the version that processes report. */
const ALWAYS = ['package.json', 'LICENSE'];

export const TARGETS: Readonly<Record<string, ImageTarget>> = {
  services: {
    image: 'giggityflix',
    workspaces: [
      'gateway',
      'subgraphs/catalog',
      'subgraphs/tracker',
      'subgraphs/viewing',
      'subgraphs/identity',
      'edge',
      'matchmaker',
      // Its own program brings a database to the newest tables.
      'prisma',
    ],
    files: [
      ...ALWAYS,
      ...['catalog', 'tracker', 'viewing', 'identity'].map((name) => `subgraphs/${name}/schema.graphql`),
      'prisma/migrations/postgresql',
      'prisma/migrations/sqlite',
      'web/dist',
      'deploy/supergraph.graphql',
      'deploy/supergraph-people.graphql',
    ],
  },
  peer: { image: 'giggityflix-peer', workspaces: ['peer'], files: ALWAYS },
};
