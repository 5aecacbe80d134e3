/** The editor's workers. The build puts digests of the content into these names. */
const WORKERS: Record<string, string> = {
  json: '/graphiql/json.worker.js',
  graphql: '/graphiql/graphql.worker.js',
};

export const workerAddress = (label: string): string => WORKERS[label] ?? '/graphiql/editor.worker.js';
