import type { CodegenConfig } from '@graphql-codegen/cli';

/** Resolver types of one subgraph, from its own schema. */
function subgraph(
  name: string,
  { context, mappers }: { context: string; mappers: Record<string, string> },
): CodegenConfig['generates'] {
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
        contextType: context,
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
      context: '../graphql/context.ts#Context',
      mappers: {
        Title: '../store/store.ts#TitleRecord',
        MediaFile: '../store/store.ts#FileRecord',
        TitleConnection: '../graphql/title-pages.ts#TitlePage',
        TitleFacets: '../graphql/title-pages.ts#TitlePage',
      },
    }),
    ...subgraph('tracker', {
      context: '../context.ts#Context',
      mappers: {
        MediaFile: '../graphql/media-file.ts#MediaFileReference',
        Peer: '../graphql/queries.ts#PeerNode',
      },
    }),
    ...subgraph('viewing', {
      context: '../context.ts#Context',
      mappers: {
        PlaybackSession: '../sessions/session.ts#Session',
        WatchProgress: '../history/history.ts#WatchProgress as StoredProgress',
        TitleProgress: '../history/history.ts#WatchProgress as StoredProgress',
        WatchlistEntry: '../watchlist/watchlist.ts#WatchlistEntry as KeptEntry',
        MediaFile: '../graphql/media-file.ts#MediaFileReference',
        Profile: '../graphql/profile.ts#ProfileReference',
      },
    }),
    ...subgraph('identity', {
      context: '../graphql/context.ts#Context',
      mappers: {
        Account: '../accounts/account.ts#Account as StoredAccount',
        Profile: '../profiles/profile.ts#Profile as StoredProfile',
        Device: '../devices/devices.ts#Device as StoredDevice',
        AccountInvitation: '../invitations/invitations.ts#Invitation',
      },
    }),
  },
};

export default config;
