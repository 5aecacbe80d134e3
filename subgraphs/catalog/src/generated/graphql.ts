import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { TitleRecord, FileRecord } from '../store/store.ts';
import type { TitlePage } from '../graphql/title-pages.ts';
import type { Context } from '../graphql/context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A count of bytes, as a JSON number: files exceed 32 bits. */
  ByteCount: { input: number; output: number; }
  /** A point in time, RFC 3339 in UTC. */
  DateTime: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

export type Artwork = {
  __typename?: 'Artwork';
  height: Scalars['Int']['output'];
  kind: ArtworkKind;
  url: Scalars['String']['output'];
  width: Scalars['Int']['output'];
};

export type ArtworkKind =
  | 'BACKDROP'
  | 'LOGO'
  | 'POSTER'
  /** A frame. */
  | 'STILL'
  | 'THUMB';

export type AvailabilityFacet = {
  __typename?: 'AvailabilityFacet';
  /** With a file that a peer has now. */
  available: Scalars['Int']['output'];
  unavailable: Scalars['Int']['output'];
};

export type Chapter = {
  __typename?: 'Chapter';
  endSeconds: Maybe<Scalars['Float']['output']>;
  startSeconds: Scalars['Float']['output'];
  title: Maybe<Scalars['String']['output']>;
};

export type ClearTitleCorrectionInput = {
  catalogId: Scalars['ID']['input'];
};

export type CorrectTitleError = {
  __typename?: 'CorrectTitleError';
  code: CorrectTitleErrorCode;
  message: Scalars['String']['output'];
};

export type CorrectTitleErrorCode =
  /** The title holds all the files it may. */
  | 'TITLE_FULL'
  /** The catalog has no description of the file. */
  | 'UNKNOWN_FILE';

export type CorrectTitleInput = {
  catalogId: Scalars['ID']['input'];
  /** Who may watch it, such as PG-13, DE:FSK 12 or 16: above all that peers say. What they say when omitted. */
  certification?: InputMaybe<Scalars['String']['input']>;
  /** Of an episode: 0 to 100,000. */
  episode?: InputMaybe<Scalars['Int']['input']>;
  kind: TitleKind;
  /** 1 to 300 characters. */
  name: Scalars['String']['input'];
  /** Of an episode: 0 to 10,000. */
  season?: InputMaybe<Scalars['Int']['input']>;
  /** 1870 to 2200. */
  year?: InputMaybe<Scalars['Int']['input']>;
};

export type CorrectTitlePayload = {
  __typename?: 'CorrectTitlePayload';
  error: Maybe<CorrectTitleError>;
  /** The file with its title; null where it is unknown. */
  file: Maybe<MediaFile>;
};

export type DecadeFacet = {
  __typename?: 'DecadeFacet';
  count: Scalars['Int']['output'];
  /** The first year of ten; null for titles of no known year. */
  decade: Maybe<Scalars['Int']['output']>;
};

export type DeleteLibraryPayload = {
  __typename?: 'DeleteLibraryPayload';
  /** False when there was none. */
  deleted: Scalars['Boolean']['output'];
};

export type ExternalId = {
  __typename?: 'ExternalId';
  /** It names the show of an episode. */
  ofShow: Scalars['Boolean']['output'];
  /** Such as imdb, tmdb, tvdb. */
  provider: Scalars['String']['output'];
  value: Scalars['String']['output'];
};

export type FileHash = {
  __typename?: 'FileHash';
  algorithm: Scalars['String']['output'];
  value: Scalars['String']['output'];
};

export type KindFacet = {
  __typename?: 'KindFacet';
  count: Scalars['Int']['output'];
  kind: TitleKind;
};

export type LanguageFacet = {
  __typename?: 'LanguageFacet';
  count: Scalars['Int']['output'];
  /** ISO 639-2/T or BCP 47. */
  language: Scalars['String']['output'];
};

/** Some of the files, by whose they are: what an account may be limited to. */
export type Library = {
  __typename?: 'Library';
  folders: Array<LibraryFolder>;
  id: Scalars['ID']['output'];
  name: Scalars['String']['output'];
  /** Peers all of whose files are in it. */
  peers: Array<Scalars['ID']['output']>;
};

/** The files of a peer below one of its folders. */
export type LibraryFolder = {
  __typename?: 'LibraryFolder';
  /** The names of the folders from the shared one on, between slashes, such as Films/Kids. */
  folder: Scalars['String']['output'];
  peerId: Scalars['ID']['output'];
};

export type LibraryFolderInput = {
  folder: Scalars['String']['input'];
  peerId: Scalars['ID']['input'];
};

export type Marker = {
  __typename?: 'Marker';
  endSeconds: Scalars['Float']['output'];
  kind: MarkerKind;
  startSeconds: Scalars['Float']['output'];
};

export type MarkerKind =
  | 'CREDITS'
  | 'INTRO';

export type MediaFile = {
  __typename?: 'MediaFile';
  audioCodec: Maybe<Scalars['String']['output']>;
  /** The BitTorrent v2 pieces root of the file (BEP 52), lowercase hexadecimal. */
  catalogId: Scalars['ID']['output'];
  /** Parts the film's maker has named, in order. */
  chapters: Array<Chapter>;
  container: Maybe<Scalars['String']['output']>;
  durationSeconds: Maybe<Scalars['Float']['output']>;
  hashes: Array<FileHash>;
  height: Maybe<Scalars['Int']['output']>;
  language: Maybe<Scalars['String']['output']>;
  /** The last of several episodes in the file. */
  lastEpisode: Maybe<Scalars['Int']['output']>;
  /** Parts that viewers may want to skip, in order. */
  markers: Array<Marker>;
  mimeType: Maybe<Scalars['String']['output']>;
  /** The file's name as most of its peers have it. */
  name: Scalars['String']['output'];
  sizeBytes: Scalars['ByteCount']['output'];
  /** The title; of several episodes in the file the first. */
  title: Title;
  /** Tracks inside the file, in its order. */
  tracks: Array<MediaTrack>;
  videoCodec: Maybe<Scalars['String']['output']>;
  width: Maybe<Scalars['Int']['output']>;
};

export type MediaTrack = {
  __typename?: 'MediaTrack';
  channels: Maybe<Scalars['Int']['output']>;
  codec: Maybe<Scalars['String']['output']>;
  height: Maybe<Scalars['Int']['output']>;
  kind: TrackKind;
  /** ISO 639-2/T or BCP 47. */
  language: Maybe<Scalars['String']['output']>;
  name: Maybe<Scalars['String']['output']>;
  width: Maybe<Scalars['Int']['output']>;
};

export type Mutation = {
  __typename?: 'Mutation';
  /** Takes a correction back: the title is what peers say again. Needs the operator role. */
  clearTitleCorrection: CorrectTitlePayload;
  /** Gives a media file its title, above all that peers say of it. Needs the operator role. */
  correctTitle: CorrectTitlePayload;
  /** Who is limited to it sees nothing of it any more. Needs the operator role. */
  deleteLibrary: DeleteLibraryPayload;
  /** Makes a library, or puts another in place of the one with this id. At most 200. Needs the operator role. */
  saveLibrary: SaveLibraryPayload;
};


export type MutationClearTitleCorrectionArgs = {
  input: ClearTitleCorrectionInput;
};


export type MutationCorrectTitleArgs = {
  input: CorrectTitleInput;
};


export type MutationDeleteLibraryArgs = {
  id: Scalars['ID']['input'];
};


export type MutationSaveLibraryArgs = {
  input: SaveLibraryInput;
};

export type PageInfo = {
  __typename?: 'PageInfo';
  endCursor: Maybe<Scalars['String']['output']>;
  hasNextPage: Scalars['Boolean']['output'];
};

export type Person = {
  __typename?: 'Person';
  job: PersonJob;
  name: Scalars['String']['output'];
  /** Who an actor plays. */
  role: Maybe<Scalars['String']['output']>;
};

export type PersonJob =
  | 'ACTOR'
  | 'DIRECTOR'
  | 'PRODUCER'
  | 'WRITER';

export type Query = {
  __typename?: 'Query';
  /** By name. Needs the operator role. */
  libraries: Array<Library>;
  mediaFile: Maybe<MediaFile>;
  title: Maybe<Title>;
  /** Titles by name; of a search the best first, unless `sort` says otherwise. `first` is 1 to 100. A cursor is one of the order that it was given in. */
  titles: TitleConnection;
};


export type QueryMediaFileArgs = {
  catalogId: Scalars['ID']['input'];
};


export type QueryTitleArgs = {
  id: Scalars['ID']['input'];
};


export type QueryTitlesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<TitleFilter>;
  first: Scalars['Int']['input'];
  sort?: InputMaybe<TitleSort>;
};

export type Rating = {
  __typename?: 'Rating';
  /** The greatest value there is. */
  scale: Scalars['Float']['output'];
  /** Who rates, such as imdb; null where nobody is named. */
  source: Maybe<Scalars['String']['output']>;
  value: Scalars['Float']['output'];
  votes: Maybe<Scalars['Int']['output']>;
};

export type SaveLibraryInput = {
  /** At most 500. */
  folders?: InputMaybe<Array<LibraryFolderInput>>;
  /** 1 to 63 of a to z, 0 to 9 and -; the first no -. */
  id: Scalars['ID']['input'];
  /** 1 to 100 characters. */
  name: Scalars['String']['input'];
  /** At most 500. */
  peers?: InputMaybe<Array<Scalars['ID']['input']>>;
};

export type SaveLibraryPayload = {
  __typename?: 'SaveLibraryPayload';
  library: Library;
};

export type Title = {
  __typename?: 'Title';
  addedAt: Scalars['DateTime']['output'];
  /** At most 12; posters first, then backdrops, thumbs, stills and logos. */
  artwork: Array<Artwork>;
  /** Who may watch it, as its country's board has it, such as PG-13. */
  certification: Maybe<Scalars['String']['output']>;
  /** The series of films that it belongs to. */
  collection: Maybe<Scalars['String']['output']>;
  episode: Maybe<Scalars['Int']['output']>;
  /** What an episode is called; its name is the show's. */
  episodeTitle: Maybe<Scalars['String']['output']>;
  /** Its names in other catalogs. */
  externalIds: Array<ExternalId>;
  /** What an extra, such as a trailer, belongs to: a film, an episode, or the first episode of a show. */
  extraOf: Maybe<Title>;
  /** Trailers and what else belongs to it, or to the show of an episode; at most 50. */
  extras: Array<Title>;
  /** At most 200, those known longest first. Files of several episodes are among those of each. */
  files: Array<MediaFile>;
  genres: Array<Scalars['String']['output']>;
  id: Scalars['ID']['output'];
  kind: TitleKind;
  /** The last of several episodes, where all of the title's own files go on to one. */
  lastEpisode: Maybe<Scalars['Int']['output']>;
  /** The age from which it may be watched, the strictest that those say whose word counts; an episode without one has its show's, an extra that of what it belongs to. Null where it is not known. */
  minimumAge: Maybe<Scalars['Int']['output']>;
  name: Scalars['String']['output'];
  originalTitle: Maybe<Scalars['String']['output']>;
  outline: Maybe<Scalars['String']['output']>;
  /** At most 50. */
  people: Array<Person>;
  plot: Maybe<Scalars['String']['output']>;
  /** The day it was first shown, ISO 8601. */
  premiered: Maybe<Scalars['String']['output']>;
  ratings: Array<Rating>;
  /** Minutes. */
  runtime: Maybe<Scalars['Int']['output']>;
  season: Maybe<Scalars['Int']['output']>;
  seasonTitle: Maybe<Scalars['String']['output']>;
  showPlot: Maybe<Scalars['String']['output']>;
  studios: Array<Scalars['String']['output']>;
  tagline: Maybe<Scalars['String']['output']>;
  tags: Array<Scalars['String']['output']>;
  year: Maybe<Scalars['Int']['output']>;
};

export type TitleConnection = {
  __typename?: 'TitleConnection';
  edges: Array<TitleEdge>;
  facets: TitleFacets;
  pageInfo: PageInfo;
  totalCount: Scalars['Int']['output'];
};

export type TitleEdge = {
  __typename?: 'TitleEdge';
  cursor: Scalars['String']['output'];
  node: Title;
};

/** How many of all titles of the list there are of each kind, and so on. A facet counts as if the filter said nothing of it. */
export type TitleFacets = {
  __typename?: 'TitleFacets';
  availability: AvailabilityFacet;
  /** The newest first. */
  decades: Array<DecadeFacet>;
  kinds: Array<KindFacet>;
  /** Of the files; the 50 most frequent, these first. A title may be of several. */
  languages: Array<LanguageFacet>;
};

export type TitleFilter = {
  /** Only titles with a file a peer has now (true), or with none (false). */
  available?: InputMaybe<Scalars['Boolean']['input']>;
  /** The first year of ten, such as 1990; 0 for titles of no known year. */
  decade?: InputMaybe<Scalars['Int']['input']>;
  /** Only extras of titles that the catalog has (true), or all but these (false). */
  extra?: InputMaybe<Scalars['Boolean']['input']>;
  kind?: InputMaybe<TitleKind>;
  /** Only titles with a file in it, as `facets` name it. */
  language?: InputMaybe<Scalars['String']['input']>;
  /** What people type: beginnings of words of names, people, genres, plots, …, in any order; a year, or an episode's numbers. The best first, at most 200 characters and 10 words. */
  search?: InputMaybe<Scalars['String']['input']>;
};

export type TitleKind =
  | 'CLIP'
  | 'EPISODE'
  | 'MOVIE';

export type TitleSort =
  /** Those that came last into the catalog first. */
  | 'ADDED'
  /** From A to Z, without the articles that names begin with. */
  | 'NAME'
  /** The newest years first, those of no known year last. */
  | 'RELEASED';

export type TrackKind =
  | 'AUDIO'
  | 'SUBTITLE'
  | 'VIDEO';

export type WithIndex<TObject> = TObject & Record<string, any>;
export type ResolversObject<TObject> = WithIndex<TObject>;

export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = ResolversObject<{
  MediaFile: MediaFile;
  Title: Title;
}>;

/** Mapping of federation reference types */
export type FederationReferenceTypes = ResolversObject<{
  MediaFile:
    ( { __typename: 'MediaFile' }
    & GraphQLRecursivePick<FederationTypes['MediaFile'], {"catalogId":true}> );
  Title:
    ( { __typename: 'Title' }
    & GraphQLRecursivePick<FederationTypes['Title'], {"id":true}> );
}>;



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = ResolversObject<{
  Artwork: ResolverTypeWrapper<Partial<Artwork>>;
  Int: ResolverTypeWrapper<Partial<Scalars['Int']['output']>>;
  String: ResolverTypeWrapper<Partial<Scalars['String']['output']>>;
  ArtworkKind: ResolverTypeWrapper<Partial<ArtworkKind>>;
  AvailabilityFacet: ResolverTypeWrapper<Partial<AvailabilityFacet>>;
  ByteCount: ResolverTypeWrapper<Partial<Scalars['ByteCount']['output']>>;
  Chapter: ResolverTypeWrapper<Partial<Chapter>>;
  Float: ResolverTypeWrapper<Partial<Scalars['Float']['output']>>;
  ClearTitleCorrectionInput: ResolverTypeWrapper<Partial<ClearTitleCorrectionInput>>;
  ID: ResolverTypeWrapper<Partial<Scalars['ID']['output']>>;
  CorrectTitleError: ResolverTypeWrapper<Partial<CorrectTitleError>>;
  CorrectTitleErrorCode: ResolverTypeWrapper<Partial<CorrectTitleErrorCode>>;
  CorrectTitleInput: ResolverTypeWrapper<Partial<CorrectTitleInput>>;
  CorrectTitlePayload: ResolverTypeWrapper<Partial<Omit<CorrectTitlePayload, 'file'> & { file?: Maybe<ResolversTypes['MediaFile']> }>>;
  DateTime: ResolverTypeWrapper<Partial<Scalars['DateTime']['output']>>;
  DecadeFacet: ResolverTypeWrapper<Partial<DecadeFacet>>;
  DeleteLibraryPayload: ResolverTypeWrapper<Partial<DeleteLibraryPayload>>;
  Boolean: ResolverTypeWrapper<Partial<Scalars['Boolean']['output']>>;
  ExternalId: ResolverTypeWrapper<Partial<ExternalId>>;
  FileHash: ResolverTypeWrapper<Partial<FileHash>>;
  KindFacet: ResolverTypeWrapper<Partial<KindFacet>>;
  LanguageFacet: ResolverTypeWrapper<Partial<LanguageFacet>>;
  Library: ResolverTypeWrapper<Partial<Library>>;
  LibraryFolder: ResolverTypeWrapper<Partial<LibraryFolder>>;
  LibraryFolderInput: ResolverTypeWrapper<Partial<LibraryFolderInput>>;
  Marker: ResolverTypeWrapper<Partial<Marker>>;
  MarkerKind: ResolverTypeWrapper<Partial<MarkerKind>>;
  MediaFile: ResolverTypeWrapper<FileRecord>;
  MediaTrack: ResolverTypeWrapper<Partial<MediaTrack>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<Partial<PageInfo>>;
  Person: ResolverTypeWrapper<Partial<Person>>;
  PersonJob: ResolverTypeWrapper<Partial<PersonJob>>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Rating: ResolverTypeWrapper<Partial<Rating>>;
  SaveLibraryInput: ResolverTypeWrapper<Partial<SaveLibraryInput>>;
  SaveLibraryPayload: ResolverTypeWrapper<Partial<SaveLibraryPayload>>;
  Title: ResolverTypeWrapper<TitleRecord>;
  TitleConnection: ResolverTypeWrapper<TitlePage>;
  TitleEdge: ResolverTypeWrapper<Partial<Omit<TitleEdge, 'node'> & { node: ResolversTypes['Title'] }>>;
  TitleFacets: ResolverTypeWrapper<TitlePage>;
  TitleFilter: ResolverTypeWrapper<Partial<TitleFilter>>;
  TitleKind: ResolverTypeWrapper<Partial<TitleKind>>;
  TitleSort: ResolverTypeWrapper<Partial<TitleSort>>;
  TrackKind: ResolverTypeWrapper<Partial<TrackKind>>;
}>;

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = ResolversObject<{
  Artwork: Partial<Artwork>;
  Int: Partial<Scalars['Int']['output']>;
  String: Partial<Scalars['String']['output']>;
  AvailabilityFacet: Partial<AvailabilityFacet>;
  ByteCount: Partial<Scalars['ByteCount']['output']>;
  Chapter: Partial<Chapter>;
  Float: Partial<Scalars['Float']['output']>;
  ClearTitleCorrectionInput: Partial<ClearTitleCorrectionInput>;
  ID: Partial<Scalars['ID']['output']>;
  CorrectTitleError: Partial<CorrectTitleError>;
  CorrectTitleInput: Partial<CorrectTitleInput>;
  CorrectTitlePayload: Partial<Omit<CorrectTitlePayload, 'file'> & { file?: Maybe<ResolversParentTypes['MediaFile']> }>;
  DateTime: Partial<Scalars['DateTime']['output']>;
  DecadeFacet: Partial<DecadeFacet>;
  DeleteLibraryPayload: Partial<DeleteLibraryPayload>;
  Boolean: Partial<Scalars['Boolean']['output']>;
  ExternalId: Partial<ExternalId>;
  FileHash: Partial<FileHash>;
  KindFacet: Partial<KindFacet>;
  LanguageFacet: Partial<LanguageFacet>;
  Library: Partial<Library>;
  LibraryFolder: Partial<LibraryFolder>;
  LibraryFolderInput: Partial<LibraryFolderInput>;
  Marker: Partial<Marker>;
  MediaFile: FileRecord;
  MediaTrack: Partial<MediaTrack>;
  Mutation: Record<PropertyKey, never>;
  PageInfo: Partial<PageInfo>;
  Person: Partial<Person>;
  Query: Record<PropertyKey, never>;
  Rating: Partial<Rating>;
  SaveLibraryInput: Partial<SaveLibraryInput>;
  SaveLibraryPayload: Partial<SaveLibraryPayload>;
  Title: TitleRecord;
  TitleConnection: TitlePage;
  TitleEdge: Partial<Omit<TitleEdge, 'node'> & { node: ResolversParentTypes['Title'] }>;
  TitleFacets: TitlePage;
  TitleFilter: Partial<TitleFilter>;
}>;

export type ArtworkResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Artwork'] = ResolversParentTypes['Artwork']> = ResolversObject<{
  height?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ArtworkKind'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  width?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
}>;

export type AvailabilityFacetResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AvailabilityFacet'] = ResolversParentTypes['AvailabilityFacet']> = ResolversObject<{
  available?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unavailable?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
}>;

export interface ByteCountScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['ByteCount'], any> {
  name: 'ByteCount';
}

export type ChapterResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Chapter'] = ResolversParentTypes['Chapter']> = ResolversObject<{
  endSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  startSeconds?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type CorrectTitleErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CorrectTitleError'] = ResolversParentTypes['CorrectTitleError']> = ResolversObject<{
  code?: Resolver<ResolversTypes['CorrectTitleErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type CorrectTitlePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CorrectTitlePayload'] = ResolversParentTypes['CorrectTitlePayload']> = ResolversObject<{
  error?: Resolver<Maybe<ResolversTypes['CorrectTitleError']>, ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['MediaFile']>, ParentType, ContextType>;
}>;

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DecadeFacetResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DecadeFacet'] = ResolversParentTypes['DecadeFacet']> = ResolversObject<{
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  decade?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
}>;

export type DeleteLibraryPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteLibraryPayload'] = ResolversParentTypes['DeleteLibraryPayload']> = ResolversObject<{
  deleted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
}>;

export type ExternalIdResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ExternalId'] = ResolversParentTypes['ExternalId']> = ResolversObject<{
  ofShow?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type FileHashResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FileHash'] = ResolversParentTypes['FileHash']> = ResolversObject<{
  algorithm?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type KindFacetResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KindFacet'] = ResolversParentTypes['KindFacet']> = ResolversObject<{
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['TitleKind'], ParentType, ContextType>;
}>;

export type LanguageFacetResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LanguageFacet'] = ResolversParentTypes['LanguageFacet']> = ResolversObject<{
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  language?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type LibraryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Library'] = ResolversParentTypes['Library']> = ResolversObject<{
  folders?: Resolver<Array<ResolversTypes['LibraryFolder']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  peers?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
}>;

export type LibraryFolderResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LibraryFolder'] = ResolversParentTypes['LibraryFolder']> = ResolversObject<{
  folder?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  peerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type MarkerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Marker'] = ResolversParentTypes['Marker']> = ResolversObject<{
  endSeconds?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['MarkerKind'], ParentType, ContextType>;
  startSeconds?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
}>;

export type MediaFileResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MediaFile'] = ResolversParentTypes['MediaFile'], FederationReferenceType extends FederationReferenceTypes['MediaFile'] = FederationReferenceTypes['MediaFile']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['MediaFile']> | FederationReferenceType, FederationReferenceType, ContextType>;
  audioCodec?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  catalogId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  chapters?: Resolver<Array<ResolversTypes['Chapter']>, ParentType, ContextType>;
  container?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  durationSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  hashes?: Resolver<Array<ResolversTypes['FileHash']>, ParentType, ContextType>;
  height?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  language?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lastEpisode?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  markers?: Resolver<Array<ResolversTypes['Marker']>, ParentType, ContextType>;
  mimeType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sizeBytes?: Resolver<ResolversTypes['ByteCount'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['Title'], ParentType, ContextType>;
  tracks?: Resolver<Array<ResolversTypes['MediaTrack']>, ParentType, ContextType>;
  videoCodec?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  width?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
}>;

export type MediaTrackResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MediaTrack'] = ResolversParentTypes['MediaTrack']> = ResolversObject<{
  channels?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  codec?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  height?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['TrackKind'], ParentType, ContextType>;
  language?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  width?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
}>;

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = ResolversObject<{
  clearTitleCorrection?: Resolver<ResolversTypes['CorrectTitlePayload'], ParentType, ContextType, RequireFields<MutationClearTitleCorrectionArgs, 'input'>>;
  correctTitle?: Resolver<ResolversTypes['CorrectTitlePayload'], ParentType, ContextType, RequireFields<MutationCorrectTitleArgs, 'input'>>;
  deleteLibrary?: Resolver<ResolversTypes['DeleteLibraryPayload'], ParentType, ContextType, RequireFields<MutationDeleteLibraryArgs, 'id'>>;
  saveLibrary?: Resolver<ResolversTypes['SaveLibraryPayload'], ParentType, ContextType, RequireFields<MutationSaveLibraryArgs, 'input'>>;
}>;

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = ResolversObject<{
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
}>;

export type PersonResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Person'] = ResolversParentTypes['Person']> = ResolversObject<{
  job?: Resolver<ResolversTypes['PersonJob'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  role?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = ResolversObject<{
  libraries?: Resolver<Array<ResolversTypes['Library']>, ParentType, ContextType>;
  mediaFile?: Resolver<Maybe<ResolversTypes['MediaFile']>, ParentType, ContextType, RequireFields<QueryMediaFileArgs, 'catalogId'>>;
  title?: Resolver<Maybe<ResolversTypes['Title']>, ParentType, ContextType, RequireFields<QueryTitleArgs, 'id'>>;
  titles?: Resolver<ResolversTypes['TitleConnection'], ParentType, ContextType, RequireFields<QueryTitlesArgs, 'first'>>;
}>;

export type RatingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Rating'] = ResolversParentTypes['Rating']> = ResolversObject<{
  scale?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  value?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  votes?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
}>;

export type SaveLibraryPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SaveLibraryPayload'] = ResolversParentTypes['SaveLibraryPayload']> = ResolversObject<{
  library?: Resolver<ResolversTypes['Library'], ParentType, ContextType>;
}>;

export type TitleResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Title'] = ResolversParentTypes['Title'], FederationReferenceType extends FederationReferenceTypes['Title'] = FederationReferenceTypes['Title']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Title']> | FederationReferenceType, FederationReferenceType, ContextType>;
  addedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  artwork?: Resolver<Array<ResolversTypes['Artwork']>, ParentType, ContextType>;
  certification?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  collection?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  episode?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  episodeTitle?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  externalIds?: Resolver<Array<ResolversTypes['ExternalId']>, ParentType, ContextType>;
  extraOf?: Resolver<Maybe<ResolversTypes['Title']>, ParentType, ContextType>;
  extras?: Resolver<Array<ResolversTypes['Title']>, ParentType, ContextType>;
  files?: Resolver<Array<ResolversTypes['MediaFile']>, ParentType, ContextType>;
  genres?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['TitleKind'], ParentType, ContextType>;
  lastEpisode?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  minimumAge?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  originalTitle?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  outline?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  people?: Resolver<Array<ResolversTypes['Person']>, ParentType, ContextType>;
  plot?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  premiered?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ratings?: Resolver<Array<ResolversTypes['Rating']>, ParentType, ContextType>;
  runtime?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  season?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  seasonTitle?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  showPlot?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  studios?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  tagline?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  tags?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  year?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
}>;

export type TitleConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TitleConnection'] = ResolversParentTypes['TitleConnection']> = ResolversObject<{
  edges?: Resolver<Array<ResolversTypes['TitleEdge']>, ParentType, ContextType>;
  facets?: Resolver<ResolversTypes['TitleFacets'], ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
}>;

export type TitleEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TitleEdge'] = ResolversParentTypes['TitleEdge']> = ResolversObject<{
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Title'], ParentType, ContextType>;
}>;

export type TitleFacetsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TitleFacets'] = ResolversParentTypes['TitleFacets']> = ResolversObject<{
  availability?: Resolver<ResolversTypes['AvailabilityFacet'], ParentType, ContextType>;
  decades?: Resolver<Array<ResolversTypes['DecadeFacet']>, ParentType, ContextType>;
  kinds?: Resolver<Array<ResolversTypes['KindFacet']>, ParentType, ContextType>;
  languages?: Resolver<Array<ResolversTypes['LanguageFacet']>, ParentType, ContextType>;
}>;

export type Resolvers<ContextType = Context> = ResolversObject<{
  Artwork?: ArtworkResolvers<ContextType>;
  AvailabilityFacet?: AvailabilityFacetResolvers<ContextType>;
  ByteCount?: GraphQLScalarType;
  Chapter?: ChapterResolvers<ContextType>;
  CorrectTitleError?: CorrectTitleErrorResolvers<ContextType>;
  CorrectTitlePayload?: CorrectTitlePayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DecadeFacet?: DecadeFacetResolvers<ContextType>;
  DeleteLibraryPayload?: DeleteLibraryPayloadResolvers<ContextType>;
  ExternalId?: ExternalIdResolvers<ContextType>;
  FileHash?: FileHashResolvers<ContextType>;
  KindFacet?: KindFacetResolvers<ContextType>;
  LanguageFacet?: LanguageFacetResolvers<ContextType>;
  Library?: LibraryResolvers<ContextType>;
  LibraryFolder?: LibraryFolderResolvers<ContextType>;
  Marker?: MarkerResolvers<ContextType>;
  MediaFile?: MediaFileResolvers<ContextType>;
  MediaTrack?: MediaTrackResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Person?: PersonResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Rating?: RatingResolvers<ContextType>;
  SaveLibraryPayload?: SaveLibraryPayloadResolvers<ContextType>;
  Title?: TitleResolvers<ContextType>;
  TitleConnection?: TitleConnectionResolvers<ContextType>;
  TitleEdge?: TitleEdgeResolvers<ContextType>;
  TitleFacets?: TitleFacetsResolvers<ContextType>;
}>;

