/** What a target of the Dockerfile holds. */
export interface ImageTarget {
  /** Their dependencies follow. */
  workspaces: readonly string[];
  /** Files and folders that they read beside their modules. */
  files: readonly string[];
}

export const TARGETS: Readonly<Record<string, ImageTarget>> = {
  services: {
    workspaces: [
      'gateway',
      'subgraphs/catalog',
      'subgraphs/tracker',
      'subgraphs/viewing',
      'subgraphs/identity',
      'edge',
      'matchmaker',
    ],
    files: ['web/dist', 'deploy/supergraph.graphql', 'deploy/supergraph-people.graphql'],
  },
  peer: { workspaces: ['peer'], files: [] },
};
