import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { Supergraph } from '@apollo/federation-internals';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { printSchema } from 'graphql';

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

/** What clients see of the whole graph. */
const api = printSchema(
  Supergraph.build(readFileSync('deploy/supergraph-people.graphql', 'utf8')).apiSchema().toGraphQLJSSchema(),
);

/** Operations of the web pages with the types of their variables and results, of one folder of `web/app`. */
function operations(folder: string): CodegenConfig['generates'] {
  return {
    [`${folder}/generated/operations.ts`]: {
      schema: api,
      documents: `${folder}/*.graphql`,
      plugins: ['typescript-operations', './scripts/codegen/documents.ts'],
      config: {
        useTypeImports: true,
        enumType: 'string-literal',
        skipTypename: true,
        avoidOptionals: { field: true, inputValue: false, object: false, defaultValue: false },
        inputMaybeValue: 'T | null | undefined',
        scalars: { DateTime: 'string', ByteCount: 'number', ID: 'string' },
        strictScalars: true,
        operationTypeImport: relative(`${folder}/generated`, 'web/app/operation.ts'),
      },
    },
  };
}

const config: CodegenConfig = {
  generates: {
    ...operations('web/app'),
    ...operations('web/app/people'),
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
