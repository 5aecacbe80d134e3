import type { CodegenConfig } from '@graphql-codegen/cli';

/** Resolver types of one subgraph, from its own schema. */
function subgraph(name: string, mappers: Record<string, string> = {}): CodegenConfig['generates'] {
  return {
    [`subgraphs/${name}/src/generated/graphql.ts`]: {
      schema: `subgraphs/${name}/schema.graphql`,
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        federation: true,
        useTypeImports: true,
        enumsAsTypes: true,
        avoidOptionals: { field: true, inputValue: false, object: false, defaultValue: false },
        inputMaybeValue: 'T | null | undefined',
        useIndexSignature: true,
        contextType: '../context.ts#Context',
        scalars: { DateTime: 'string', ByteCount: 'number', ID: 'string', _FieldSet: 'string' },
        strictScalars: true,
        defaultMapper: 'Partial<{T}>',
        mappers,
      },
    },
  };
}

const config: CodegenConfig = {
  generates: {
    ...subgraph('catalog', {
      Title: '../store.ts#TitleRecord',
      MediaFile: '../store.ts#FileRecord',
      TitleConnection: '../title-pages.ts#TitlePage',
    }),
    ...subgraph('tracker', { MediaFile: '../graphql/media-file.ts#MediaFileReference' }),
    ...subgraph('viewing', {
      PlaybackSession: '../sessions/session.ts#Session',
      WatchProgress: '../history/history.ts#WatchProgress as StoredProgress',
      TitleProgress: '../history/history.ts#WatchProgress as StoredProgress',
      MediaFile: '../graphql/media-file.ts#MediaFileReference',
    }),
  },
};

export default config;
