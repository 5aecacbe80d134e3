import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Session } from '../sessions/session.ts';
import type { WatchProgress as StoredProgress } from '../history/history.ts';
import type { WatchlistEntry as KeptEntry } from '../watchlist/watchlist.ts';
import type { MediaFileReference } from '../graphql/media-file.ts';
import type { ProfileReference } from '../graphql/profile.ts';
import type { Context } from '../context.ts';
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
  /** A point in time, RFC 3339 in UTC. */
  DateTime: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

export type Concurrency = {
  __typename?: 'Concurrency';
  activeSessions: Array<PlaybackSession>;
  activeStreamCount: Scalars['Int']['output'];
  maxConcurrentStreams: Scalars['Int']['output'];
  userId: Scalars['ID']['output'];
};

export type ConcurrencyLimitReached = {
  __typename?: 'ConcurrencyLimitReached';
  activeSessions: Array<PlaybackSession>;
  maxConcurrentStreams: Scalars['Int']['output'];
};

export type ContentUnavailable = {
  __typename?: 'ContentUnavailable';
  message: Scalars['String']['output'];
};

export type CreatePlaybackSessionInput = {
  catalogId: Scalars['ID']['input'];
  deviceId: Scalars['ID']['input'];
  /**
   * The offer to the peer of source 0, as `sendPlaybackSignal` takes it: it goes out as soon as there is a session, and saves its
   * round trips.
   */
  offer?: InputMaybe<SessionDescriptionInput>;
  /** That of the token when omitted. A token that names a profile is for that one alone: another is FORBIDDEN. */
  profileId?: InputMaybe<Scalars['ID']['input']>;
  /** ISO 3166-1 alpha-2. */
  region?: InputMaybe<Scalars['String']['input']>;
};

export type CreatePlaybackSessionResult = ConcurrencyLimitReached | ContentUnavailable | NotEntitled | PlaybackSessionCreated;

export type IceCandidate = {
  __typename?: 'IceCandidate';
  candidate: Scalars['String']['output'];
  sdpMLineIndex: Maybe<Scalars['Int']['output']>;
  sdpMid: Maybe<Scalars['String']['output']>;
  /** Which of the session's sources it is of. */
  source: Scalars['Int']['output'];
};

export type IceCandidateInput = {
  candidate: Scalars['String']['input'];
  sdpMLineIndex?: InputMaybe<Scalars['Int']['input']>;
  sdpMid?: InputMaybe<Scalars['String']['input']>;
  usernameFragment?: InputMaybe<Scalars['String']['input']>;
};

export type IceServer = {
  __typename?: 'IceServer';
  credential: Maybe<Scalars['String']['output']>;
  urls: Array<Scalars['String']['output']>;
  username: Maybe<Scalars['String']['output']>;
};

export type LeavePlaybackSourcePayload = {
  __typename?: 'LeavePlaybackSourcePayload';
  /** False where no peer served the source. */
  left: Scalars['Boolean']['output'];
};

export type MediaFile = {
  __typename?: 'MediaFile';
  catalogId: Scalars['ID']['output'];
};

export type Mutation = {
  __typename?: 'Mutation';
  /** Keeps a media file, and by it its title, to watch; one that is kept stays where it is. LIMIT_REACHED with 5,000 of the account. */
  addToWatchlist: WatchlistPayload;
  createPlaybackSession: CreatePlaybackSessionResult;
  /**
   * The player leaves a source: what its peer did wrong, if anything. A peer that sent what is not of the file is chosen last, by
   * everyone, for a while.
   */
  leavePlaybackSource: LeavePlaybackSourcePayload;
  /**
   * Says that the profile has watched media files, or that it has not, whatever was played. `catalogIds` are 1 to 100.
   * LIMIT_REACHED with progress in 50,000 of the account.
   */
  markWatched: ProgressPayload;
  pausePlayback: PlaybackSessionPayload;
  playbackHeartbeat: PlaybackSessionPayload;
  refreshPlaybackToken: RefreshPlaybackTokenPayload;
  /**
   * Takes media files out of `continueWatching` until they are watched again; where the profile left off stays known.
   * `catalogIds` are 1 to 100.
   */
  removeFromContinueWatching: ProgressPayload;
  /** Takes media files out of the watchlist. `catalogIds` are 1 to 100. */
  removeFromWatchlist: WatchlistPayload;
  resumePlayback: PlaybackSessionPayload;
  /**
   * Sends an offer, an answer or a candidate to the peer that serves the session. `source` says which of the session's sources
   * the signal is for, 0 to one less than `maxSources`. An offer to a source chooses a peer that serves no other source of the session.
   */
  sendPlaybackSignal: SendPlaybackSignalPayload;
  stopPlayback: PlaybackSessionPayload;
};


export type MutationAddToWatchlistArgs = {
  catalogId: Scalars['ID']['input'];
  profileId?: InputMaybe<Scalars['ID']['input']>;
};


export type MutationCreatePlaybackSessionArgs = {
  input: CreatePlaybackSessionInput;
};


export type MutationLeavePlaybackSourceArgs = {
  problem?: InputMaybe<SourceProblem>;
  sessionId: Scalars['ID']['input'];
  source: Scalars['Int']['input'];
};


export type MutationMarkWatchedArgs = {
  catalogIds: Array<Scalars['ID']['input']>;
  profileId?: InputMaybe<Scalars['ID']['input']>;
  watched: Scalars['Boolean']['input'];
};


export type MutationPausePlaybackArgs = {
  sessionId: Scalars['ID']['input'];
};


export type MutationPlaybackHeartbeatArgs = {
  positionSeconds: Scalars['Float']['input'];
  sessionId: Scalars['ID']['input'];
};


export type MutationRefreshPlaybackTokenArgs = {
  token: Scalars['String']['input'];
};


export type MutationRemoveFromContinueWatchingArgs = {
  catalogIds: Array<Scalars['ID']['input']>;
  profileId?: InputMaybe<Scalars['ID']['input']>;
};


export type MutationRemoveFromWatchlistArgs = {
  catalogIds: Array<Scalars['ID']['input']>;
  profileId?: InputMaybe<Scalars['ID']['input']>;
};


export type MutationResumePlaybackArgs = {
  sessionId: Scalars['ID']['input'];
};


export type MutationSendPlaybackSignalArgs = {
  sessionId: Scalars['ID']['input'];
  signal: PlaybackSignalInput;
  source?: InputMaybe<Scalars['Int']['input']>;
};


export type MutationStopPlaybackArgs = {
  sessionId: Scalars['ID']['input'];
};

export type NotEntitled = {
  __typename?: 'NotEntitled';
  message: Scalars['String']['output'];
};

export type PageInfo = {
  __typename?: 'PageInfo';
  endCursor: Maybe<Scalars['String']['output']>;
  hasNextPage: Scalars['Boolean']['output'];
};

/** The peer is lost; send a new offer to the same source, and another one is chosen. */
export type PeerLost = {
  __typename?: 'PeerLost';
  peerId: Scalars['ID']['output'];
  /** Why, where the peer has said so. */
  reason: Maybe<PeerLostReason>;
  /** Which of the session's sources it served. */
  source: Scalars['Int']['output'];
};

export type PeerLostReason =
  /** It serves as many viewers as it may; there may be room later. */
  | 'BUSY'
  /** It does not share the file any more. */
  | 'NOT_SHARED';

export type PlaybackSession = {
  __typename?: 'PlaybackSession';
  catalogId: Scalars['ID']['output'];
  deviceId: Scalars['ID']['output'];
  /** Null while the catalog has no description of the file. */
  file: Maybe<MediaFile>;
  id: Scalars['ID']['output'];
  lastHeartbeatAt: Scalars['DateTime']['output'];
  positionSeconds: Scalars['Float']['output'];
  profile: Profile;
  profileId: Scalars['ID']['output'];
  startedAt: Scalars['DateTime']['output'];
  status: PlaybackStatus;
  userId: Scalars['ID']['output'];
};

export type PlaybackSessionCreated = {
  __typename?: 'PlaybackSessionCreated';
  iceServers: Array<IceServer>;
  /** How many sources the session may have: peers that serve it at once. */
  maxSources: Scalars['Int']['output'];
  /** Whether the offer that came along has gone to a peer; where it has not, the player offers by `sendPlaybackSignal`. */
  offerAccepted: Scalars['Boolean']['output'];
  playbackToken: Scalars['String']['output'];
  session: PlaybackSession;
  /** What that peer has signalled by now: its answer, unless that takes longer than a moment. `playbackSignals` gives it again. */
  signals: Array<PlaybackSignal>;
};

export type PlaybackSessionPayload = {
  __typename?: 'PlaybackSessionPayload';
  /** With a heartbeat: a new token that lives minutes, for the peer that serves the session. Null with other mutations. */
  playbackToken: Maybe<Scalars['String']['output']>;
  session: PlaybackSession;
};

export type PlaybackSignal = IceCandidate | PeerLost | SessionDescription;

/** Exactly one member is given. The members have the shapes of RTCSessionDescription.toJSON() and RTCIceCandidate.toJSON(). */
export type PlaybackSignalInput = {
  answer?: InputMaybe<SessionDescriptionInput>;
  candidate?: InputMaybe<IceCandidateInput>;
  offer?: InputMaybe<SessionDescriptionInput>;
};

export type PlaybackStatus =
  | 'ACTIVE'
  | 'EXPIRED'
  | 'PAUSED'
  | 'STOPPED'
  | 'TERMINATED';

/** Someone of a household, as the identity service has it; any name where there is none. */
export type Profile = {
  __typename?: 'Profile';
  /** What was begun and not finished, the most recent first. `first` is 1 to 100. Of one's own profile. */
  continueWatching: Maybe<Array<WatchProgress>>;
  id: Scalars['ID']['output'];
};


/** Someone of a household, as the identity service has it; any name where there is none. */
export type ProfileContinueWatchingArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type ProgressPayload = {
  __typename?: 'ProgressPayload';
  /** Where the profile is in the files now; those it never watched are left out. */
  progress: Array<WatchProgress>;
};

export type Query = {
  __typename?: 'Query';
  /** How many streams the caller's account has, and may have. */
  concurrency: Concurrency;
  /** What the caller began and did not finish, the most recent first. `first` is 1 to 100. */
  continueWatching: Array<WatchProgress>;
  /** One of the caller's sessions. */
  playbackSession: Maybe<PlaybackSession>;
  /** What the profile keeps to watch, the latest first. `first` is 1 to 100. */
  watchlist: WatchlistConnection;
};


export type QueryContinueWatchingArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  profileId?: InputMaybe<Scalars['ID']['input']>;
};


export type QueryPlaybackSessionArgs = {
  id: Scalars['ID']['input'];
};


export type QueryWatchlistArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  profileId?: InputMaybe<Scalars['ID']['input']>;
};

export type RefreshPlaybackTokenPayload = {
  __typename?: 'RefreshPlaybackTokenPayload';
  playbackToken: Scalars['String']['output'];
};

export type SendPlaybackSignalPayload = {
  __typename?: 'SendPlaybackSignalPayload';
  /** False for a candidate of a source that no peer serves, and for an offer to a source above 0 while no further peer has the file. */
  accepted: Scalars['Boolean']['output'];
};

export type SessionDescription = {
  __typename?: 'SessionDescription';
  sdp: Scalars['String']['output'];
  /** Which of the session's sources it is of. */
  source: Scalars['Int']['output'];
  /** offer or answer */
  type: Scalars['String']['output'];
};

export type SessionDescriptionInput = {
  sdp: Scalars['String']['input'];
  type?: InputMaybe<Scalars['String']['input']>;
};

/** Why a player leaves a source. */
export type SourceProblem =
  /** It sent what is not of the file, or no proof of it. */
  | 'NOT_PROVEN'
  /** It sent too little. */
  | 'SLOW'
  /** It sent nothing any more. */
  | 'STALLED';

export type Subscription = {
  __typename?: 'Subscription';
  /** What the serving peers signal, from the start of the session on. */
  playbackSignals: PlaybackSignal;
};


export type SubscriptionPlaybackSignalsArgs = {
  sessionId: Scalars['ID']['input'];
};

export type Title = {
  __typename?: 'Title';
  files: Array<MediaFile>;
  id: Scalars['ID']['output'];
  /** Whether the caller keeps it to watch, by whichever of the files; null for who is not signed in. */
  isInWatchlist: Maybe<Scalars['Boolean']['output']>;
  /** Where the caller left off, on whichever of the files; null when never watched or not signed in. */
  progress: Maybe<TitleProgress>;
};


export type TitleIsInWatchlistArgs = {
  profileId?: InputMaybe<Scalars['ID']['input']>;
};


export type TitleProgressArgs = {
  profileId?: InputMaybe<Scalars['ID']['input']>;
};

export type TitleProgress = {
  __typename?: 'TitleProgress';
  completed: Scalars['Boolean']['output'];
  positionSeconds: Scalars['Float']['output'];
  updatedAt: Scalars['DateTime']['output'];
};

export type WatchProgress = {
  __typename?: 'WatchProgress';
  catalogId: Scalars['ID']['output'];
  completed: Scalars['Boolean']['output'];
  /** Null while the catalog has no description of the file. */
  file: Maybe<MediaFile>;
  positionSeconds: Scalars['Float']['output'];
  profile: Profile;
  updatedAt: Scalars['DateTime']['output'];
};

export type WatchlistConnection = {
  __typename?: 'WatchlistConnection';
  /** Shorter than `first`, too, where some of it is not for the profile's eyes. */
  edges: Array<WatchlistEdge>;
  pageInfo: PageInfo;
};

export type WatchlistEdge = {
  __typename?: 'WatchlistEdge';
  addedAt: Scalars['DateTime']['output'];
  cursor: Scalars['String']['output'];
  node: WatchlistEntry;
};

export type WatchlistEntry = {
  __typename?: 'WatchlistEntry';
  catalogId: Scalars['ID']['output'];
  /** Null while the catalog has no description of the file. */
  file: Maybe<MediaFile>;
};

export type WatchlistPayload = {
  __typename?: 'WatchlistPayload';
  /** Those of the files that are kept now. */
  keptCatalogIds: Array<Scalars['ID']['output']>;
};

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
  PlaybackSession: PlaybackSession;
  Profile: Profile;
  Title: Title;
}>;

/** Mapping of federation reference types */
export type FederationReferenceTypes = ResolversObject<{
  MediaFile:
    ( { __typename: 'MediaFile' }
    & GraphQLRecursivePick<FederationTypes['MediaFile'], {"catalogId":true}> );
  PlaybackSession:
    ( { __typename: 'PlaybackSession' }
    & GraphQLRecursivePick<FederationTypes['PlaybackSession'], {"id":true}> );
  Profile:
    ( { __typename: 'Profile' }
    & GraphQLRecursivePick<FederationTypes['Profile'], {"id":true}> );
  Title:
    ( { __typename: 'Title' }
    & GraphQLRecursivePick<FederationTypes['Title'], {"id":true}>
    & ( Record<PropertyKey, never>
        | GraphQLRecursivePick<FederationTypes['Title'], {"files":{"catalogId":true}}>
        | GraphQLRecursivePick<FederationTypes['Title'], {"files":{"catalogId":true}}>
        | GraphQLRecursivePick<FederationTypes['Title'], {"files":{"catalogId":true}}> ) );
}>;

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = ResolversObject<{
  CreatePlaybackSessionResult:
    | ( Partial<Omit<ConcurrencyLimitReached, 'activeSessions'> & { activeSessions: Array<_RefType['PlaybackSession']> }> )
    | ( Partial<ContentUnavailable> )
    | ( Partial<NotEntitled> )
    | ( Partial<Omit<PlaybackSessionCreated, 'session' | 'signals'> & { session: _RefType['PlaybackSession'], signals: Array<_RefType['PlaybackSignal']> }> )
  ;
  PlaybackSignal:
    | ( Partial<IceCandidate> )
    | ( Partial<PeerLost> )
    | ( Partial<SessionDescription> )
  ;
}>;


/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = ResolversObject<{
  Concurrency: ResolverTypeWrapper<Partial<Omit<Concurrency, 'activeSessions'> & { activeSessions: Array<ResolversTypes['PlaybackSession']> }>>;
  Int: ResolverTypeWrapper<Partial<Scalars['Int']['output']>>;
  ID: ResolverTypeWrapper<Partial<Scalars['ID']['output']>>;
  ConcurrencyLimitReached: ResolverTypeWrapper<Partial<Omit<ConcurrencyLimitReached, 'activeSessions'> & { activeSessions: Array<ResolversTypes['PlaybackSession']> }>>;
  ContentUnavailable: ResolverTypeWrapper<Partial<ContentUnavailable>>;
  String: ResolverTypeWrapper<Partial<Scalars['String']['output']>>;
  CreatePlaybackSessionInput: ResolverTypeWrapper<Partial<CreatePlaybackSessionInput>>;
  CreatePlaybackSessionResult: Partial<ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreatePlaybackSessionResult']>>;
  DateTime: ResolverTypeWrapper<Partial<Scalars['DateTime']['output']>>;
  IceCandidate: ResolverTypeWrapper<Partial<IceCandidate>>;
  IceCandidateInput: ResolverTypeWrapper<Partial<IceCandidateInput>>;
  IceServer: ResolverTypeWrapper<Partial<IceServer>>;
  LeavePlaybackSourcePayload: ResolverTypeWrapper<Partial<LeavePlaybackSourcePayload>>;
  Boolean: ResolverTypeWrapper<Partial<Scalars['Boolean']['output']>>;
  MediaFile: ResolverTypeWrapper<MediaFileReference>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Float: ResolverTypeWrapper<Partial<Scalars['Float']['output']>>;
  NotEntitled: ResolverTypeWrapper<Partial<NotEntitled>>;
  PageInfo: ResolverTypeWrapper<Partial<PageInfo>>;
  PeerLost: ResolverTypeWrapper<Partial<PeerLost>>;
  PeerLostReason: ResolverTypeWrapper<Partial<PeerLostReason>>;
  PlaybackSession: ResolverTypeWrapper<Session>;
  PlaybackSessionCreated: ResolverTypeWrapper<Partial<Omit<PlaybackSessionCreated, 'session' | 'signals'> & { session: ResolversTypes['PlaybackSession'], signals: Array<ResolversTypes['PlaybackSignal']> }>>;
  PlaybackSessionPayload: ResolverTypeWrapper<Partial<Omit<PlaybackSessionPayload, 'session'> & { session: ResolversTypes['PlaybackSession'] }>>;
  PlaybackSignal: Partial<ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['PlaybackSignal']>>;
  PlaybackSignalInput: ResolverTypeWrapper<Partial<PlaybackSignalInput>>;
  PlaybackStatus: ResolverTypeWrapper<Partial<PlaybackStatus>>;
  Profile: ResolverTypeWrapper<ProfileReference>;
  ProgressPayload: ResolverTypeWrapper<Partial<Omit<ProgressPayload, 'progress'> & { progress: Array<ResolversTypes['WatchProgress']> }>>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RefreshPlaybackTokenPayload: ResolverTypeWrapper<Partial<RefreshPlaybackTokenPayload>>;
  SendPlaybackSignalPayload: ResolverTypeWrapper<Partial<SendPlaybackSignalPayload>>;
  SessionDescription: ResolverTypeWrapper<Partial<SessionDescription>>;
  SessionDescriptionInput: ResolverTypeWrapper<Partial<SessionDescriptionInput>>;
  SourceProblem: ResolverTypeWrapper<Partial<SourceProblem>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Title: ResolverTypeWrapper<Partial<Omit<Title, 'files' | 'progress'> & { files: Array<ResolversTypes['MediaFile']>, progress?: Maybe<ResolversTypes['TitleProgress']> }>>;
  TitleProgress: ResolverTypeWrapper<StoredProgress>;
  WatchProgress: ResolverTypeWrapper<StoredProgress>;
  WatchlistConnection: ResolverTypeWrapper<Partial<Omit<WatchlistConnection, 'edges'> & { edges: Array<ResolversTypes['WatchlistEdge']> }>>;
  WatchlistEdge: ResolverTypeWrapper<Partial<Omit<WatchlistEdge, 'node'> & { node: ResolversTypes['WatchlistEntry'] }>>;
  WatchlistEntry: ResolverTypeWrapper<KeptEntry>;
  WatchlistPayload: ResolverTypeWrapper<Partial<WatchlistPayload>>;
}>;

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = ResolversObject<{
  Concurrency: Partial<Omit<Concurrency, 'activeSessions'> & { activeSessions: Array<ResolversParentTypes['PlaybackSession']> }>;
  Int: Partial<Scalars['Int']['output']>;
  ID: Partial<Scalars['ID']['output']>;
  ConcurrencyLimitReached: Partial<Omit<ConcurrencyLimitReached, 'activeSessions'> & { activeSessions: Array<ResolversParentTypes['PlaybackSession']> }>;
  ContentUnavailable: Partial<ContentUnavailable>;
  String: Partial<Scalars['String']['output']>;
  CreatePlaybackSessionInput: Partial<CreatePlaybackSessionInput>;
  CreatePlaybackSessionResult: Partial<ResolversUnionTypes<ResolversParentTypes>['CreatePlaybackSessionResult']>;
  DateTime: Partial<Scalars['DateTime']['output']>;
  IceCandidate: Partial<IceCandidate>;
  IceCandidateInput: Partial<IceCandidateInput>;
  IceServer: Partial<IceServer>;
  LeavePlaybackSourcePayload: Partial<LeavePlaybackSourcePayload>;
  Boolean: Partial<Scalars['Boolean']['output']>;
  MediaFile: MediaFileReference;
  Mutation: Record<PropertyKey, never>;
  Float: Partial<Scalars['Float']['output']>;
  NotEntitled: Partial<NotEntitled>;
  PageInfo: Partial<PageInfo>;
  PeerLost: Partial<PeerLost>;
  PlaybackSession: Session;
  PlaybackSessionCreated: Partial<Omit<PlaybackSessionCreated, 'session' | 'signals'> & { session: ResolversParentTypes['PlaybackSession'], signals: Array<ResolversParentTypes['PlaybackSignal']> }>;
  PlaybackSessionPayload: Partial<Omit<PlaybackSessionPayload, 'session'> & { session: ResolversParentTypes['PlaybackSession'] }>;
  PlaybackSignal: Partial<ResolversUnionTypes<ResolversParentTypes>['PlaybackSignal']>;
  PlaybackSignalInput: Partial<PlaybackSignalInput>;
  Profile: ProfileReference;
  ProgressPayload: Partial<Omit<ProgressPayload, 'progress'> & { progress: Array<ResolversParentTypes['WatchProgress']> }>;
  Query: Record<PropertyKey, never>;
  RefreshPlaybackTokenPayload: Partial<RefreshPlaybackTokenPayload>;
  SendPlaybackSignalPayload: Partial<SendPlaybackSignalPayload>;
  SessionDescription: Partial<SessionDescription>;
  SessionDescriptionInput: Partial<SessionDescriptionInput>;
  Subscription: Record<PropertyKey, never>;
  Title: Partial<Omit<Title, 'files' | 'progress'> & { files: Array<ResolversParentTypes['MediaFile']>, progress?: Maybe<ResolversParentTypes['TitleProgress']> } | FederationReferenceTypes['Title']>;
  TitleProgress: StoredProgress;
  WatchProgress: StoredProgress;
  WatchlistConnection: Partial<Omit<WatchlistConnection, 'edges'> & { edges: Array<ResolversParentTypes['WatchlistEdge']> }>;
  WatchlistEdge: Partial<Omit<WatchlistEdge, 'node'> & { node: ResolversParentTypes['WatchlistEntry'] }>;
  WatchlistEntry: KeptEntry;
  WatchlistPayload: Partial<WatchlistPayload>;
}>;

export type ConcurrencyResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Concurrency'] = ResolversParentTypes['Concurrency']> = ResolversObject<{
  activeSessions?: Resolver<Array<ResolversTypes['PlaybackSession']>, ParentType, ContextType>;
  activeStreamCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  maxConcurrentStreams?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type ConcurrencyLimitReachedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConcurrencyLimitReached'] = ResolversParentTypes['ConcurrencyLimitReached']> = ResolversObject<{
  activeSessions?: Resolver<Array<ResolversTypes['PlaybackSession']>, ParentType, ContextType>;
  maxConcurrentStreams?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
}>;

export type ContentUnavailableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ContentUnavailable'] = ResolversParentTypes['ContentUnavailable']> = ResolversObject<{
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
}>;

export type CreatePlaybackSessionResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreatePlaybackSessionResult'] = ResolversParentTypes['CreatePlaybackSessionResult']> = ResolversObject<{
  __resolveType: TypeResolveFn<'ConcurrencyLimitReached' | 'ContentUnavailable' | 'NotEntitled' | 'PlaybackSessionCreated', ParentType, ContextType>;
}>;

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type IceCandidateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IceCandidate'] = ResolversParentTypes['IceCandidate']> = ResolversObject<{
  candidate?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sdpMLineIndex?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  sdpMid?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
}>;

export type IceServerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IceServer'] = ResolversParentTypes['IceServer']> = ResolversObject<{
  credential?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  urls?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type LeavePlaybackSourcePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LeavePlaybackSourcePayload'] = ResolversParentTypes['LeavePlaybackSourcePayload']> = ResolversObject<{
  left?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
}>;

export type MediaFileResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MediaFile'] = ResolversParentTypes['MediaFile'], FederationReferenceType extends FederationReferenceTypes['MediaFile'] = FederationReferenceTypes['MediaFile']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['MediaFile']> | FederationReferenceType, FederationReferenceType, ContextType>;
  catalogId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = ResolversObject<{
  addToWatchlist?: Resolver<ResolversTypes['WatchlistPayload'], ParentType, ContextType, RequireFields<MutationAddToWatchlistArgs, 'catalogId'>>;
  createPlaybackSession?: Resolver<ResolversTypes['CreatePlaybackSessionResult'], ParentType, ContextType, RequireFields<MutationCreatePlaybackSessionArgs, 'input'>>;
  leavePlaybackSource?: Resolver<ResolversTypes['LeavePlaybackSourcePayload'], ParentType, ContextType, RequireFields<MutationLeavePlaybackSourceArgs, 'sessionId' | 'source'>>;
  markWatched?: Resolver<ResolversTypes['ProgressPayload'], ParentType, ContextType, RequireFields<MutationMarkWatchedArgs, 'catalogIds' | 'watched'>>;
  pausePlayback?: Resolver<ResolversTypes['PlaybackSessionPayload'], ParentType, ContextType, RequireFields<MutationPausePlaybackArgs, 'sessionId'>>;
  playbackHeartbeat?: Resolver<ResolversTypes['PlaybackSessionPayload'], ParentType, ContextType, RequireFields<MutationPlaybackHeartbeatArgs, 'positionSeconds' | 'sessionId'>>;
  refreshPlaybackToken?: Resolver<ResolversTypes['RefreshPlaybackTokenPayload'], ParentType, ContextType, RequireFields<MutationRefreshPlaybackTokenArgs, 'token'>>;
  removeFromContinueWatching?: Resolver<ResolversTypes['ProgressPayload'], ParentType, ContextType, RequireFields<MutationRemoveFromContinueWatchingArgs, 'catalogIds'>>;
  removeFromWatchlist?: Resolver<ResolversTypes['WatchlistPayload'], ParentType, ContextType, RequireFields<MutationRemoveFromWatchlistArgs, 'catalogIds'>>;
  resumePlayback?: Resolver<ResolversTypes['PlaybackSessionPayload'], ParentType, ContextType, RequireFields<MutationResumePlaybackArgs, 'sessionId'>>;
  sendPlaybackSignal?: Resolver<ResolversTypes['SendPlaybackSignalPayload'], ParentType, ContextType, RequireFields<MutationSendPlaybackSignalArgs, 'sessionId' | 'signal' | 'source'>>;
  stopPlayback?: Resolver<ResolversTypes['PlaybackSessionPayload'], ParentType, ContextType, RequireFields<MutationStopPlaybackArgs, 'sessionId'>>;
}>;

export type NotEntitledResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotEntitled'] = ResolversParentTypes['NotEntitled']> = ResolversObject<{
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
}>;

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = ResolversObject<{
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
}>;

export type PeerLostResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PeerLost'] = ResolversParentTypes['PeerLost']> = ResolversObject<{
  peerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['PeerLostReason']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
}>;

export type PlaybackSessionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PlaybackSession'] = ResolversParentTypes['PlaybackSession'], FederationReferenceType extends FederationReferenceTypes['PlaybackSession'] = FederationReferenceTypes['PlaybackSession']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['PlaybackSession']> | FederationReferenceType, FederationReferenceType, ContextType>;
  catalogId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  deviceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['MediaFile']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastHeartbeatAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  positionSeconds?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  profile?: Resolver<ResolversTypes['Profile'], ParentType, ContextType>;
  profileId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PlaybackStatus'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type PlaybackSessionCreatedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PlaybackSessionCreated'] = ResolversParentTypes['PlaybackSessionCreated']> = ResolversObject<{
  iceServers?: Resolver<Array<ResolversTypes['IceServer']>, ParentType, ContextType>;
  maxSources?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  offerAccepted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  playbackToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  session?: Resolver<ResolversTypes['PlaybackSession'], ParentType, ContextType>;
  signals?: Resolver<Array<ResolversTypes['PlaybackSignal']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
}>;

export type PlaybackSessionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PlaybackSessionPayload'] = ResolversParentTypes['PlaybackSessionPayload']> = ResolversObject<{
  playbackToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  session?: Resolver<ResolversTypes['PlaybackSession'], ParentType, ContextType>;
}>;

export type PlaybackSignalResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PlaybackSignal'] = ResolversParentTypes['PlaybackSignal']> = ResolversObject<{
  __resolveType: TypeResolveFn<'IceCandidate' | 'PeerLost' | 'SessionDescription', ParentType, ContextType>;
}>;

export type ProfileResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Profile'] = ResolversParentTypes['Profile'], FederationReferenceType extends FederationReferenceTypes['Profile'] = FederationReferenceTypes['Profile']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Profile']> | FederationReferenceType, FederationReferenceType, ContextType>;
  continueWatching?: Resolver<Maybe<Array<ResolversTypes['WatchProgress']>>, ParentType, ContextType, RequireFields<ProfileContinueWatchingArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type ProgressPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProgressPayload'] = ResolversParentTypes['ProgressPayload']> = ResolversObject<{
  progress?: Resolver<Array<ResolversTypes['WatchProgress']>, ParentType, ContextType>;
}>;

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = ResolversObject<{
  concurrency?: Resolver<ResolversTypes['Concurrency'], ParentType, ContextType>;
  continueWatching?: Resolver<Array<ResolversTypes['WatchProgress']>, ParentType, ContextType, RequireFields<QueryContinueWatchingArgs, 'first'>>;
  playbackSession?: Resolver<Maybe<ResolversTypes['PlaybackSession']>, ParentType, ContextType, RequireFields<QueryPlaybackSessionArgs, 'id'>>;
  watchlist?: Resolver<ResolversTypes['WatchlistConnection'], ParentType, ContextType, RequireFields<QueryWatchlistArgs, 'first'>>;
}>;

export type RefreshPlaybackTokenPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefreshPlaybackTokenPayload'] = ResolversParentTypes['RefreshPlaybackTokenPayload']> = ResolversObject<{
  playbackToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type SendPlaybackSignalPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SendPlaybackSignalPayload'] = ResolversParentTypes['SendPlaybackSignalPayload']> = ResolversObject<{
  accepted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
}>;

export type SessionDescriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionDescription'] = ResolversParentTypes['SessionDescription']> = ResolversObject<{
  sdp?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
}>;

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = ResolversObject<{
  playbackSignals?: SubscriptionResolver<ResolversTypes['PlaybackSignal'], "playbackSignals", ParentType, ContextType, RequireFields<SubscriptionPlaybackSignalsArgs, 'sessionId'>>;
}>;

export type TitleResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Title'] = ResolversParentTypes['Title'], FederationReferenceType extends FederationReferenceTypes['Title'] = FederationReferenceTypes['Title']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Title']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isInWatchlist?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType, Partial<TitleIsInWatchlistArgs>>;
  progress?: Resolver<Maybe<ResolversTypes['TitleProgress']>, ParentType, ContextType, Partial<TitleProgressArgs>>;
}>;

export type TitleProgressResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TitleProgress'] = ResolversParentTypes['TitleProgress']> = ResolversObject<{
  completed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  positionSeconds?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
}>;

export type WatchProgressResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WatchProgress'] = ResolversParentTypes['WatchProgress']> = ResolversObject<{
  catalogId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  completed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['MediaFile']>, ParentType, ContextType>;
  positionSeconds?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  profile?: Resolver<ResolversTypes['Profile'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
}>;

export type WatchlistConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WatchlistConnection'] = ResolversParentTypes['WatchlistConnection']> = ResolversObject<{
  edges?: Resolver<Array<ResolversTypes['WatchlistEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
}>;

export type WatchlistEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WatchlistEdge'] = ResolversParentTypes['WatchlistEdge']> = ResolversObject<{
  addedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['WatchlistEntry'], ParentType, ContextType>;
}>;

export type WatchlistEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WatchlistEntry'] = ResolversParentTypes['WatchlistEntry']> = ResolversObject<{
  catalogId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['MediaFile']>, ParentType, ContextType>;
}>;

export type WatchlistPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WatchlistPayload'] = ResolversParentTypes['WatchlistPayload']> = ResolversObject<{
  keptCatalogIds?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
}>;

export type Resolvers<ContextType = Context> = ResolversObject<{
  Concurrency?: ConcurrencyResolvers<ContextType>;
  ConcurrencyLimitReached?: ConcurrencyLimitReachedResolvers<ContextType>;
  ContentUnavailable?: ContentUnavailableResolvers<ContextType>;
  CreatePlaybackSessionResult?: CreatePlaybackSessionResultResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  IceCandidate?: IceCandidateResolvers<ContextType>;
  IceServer?: IceServerResolvers<ContextType>;
  LeavePlaybackSourcePayload?: LeavePlaybackSourcePayloadResolvers<ContextType>;
  MediaFile?: MediaFileResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  NotEntitled?: NotEntitledResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  PeerLost?: PeerLostResolvers<ContextType>;
  PlaybackSession?: PlaybackSessionResolvers<ContextType>;
  PlaybackSessionCreated?: PlaybackSessionCreatedResolvers<ContextType>;
  PlaybackSessionPayload?: PlaybackSessionPayloadResolvers<ContextType>;
  PlaybackSignal?: PlaybackSignalResolvers<ContextType>;
  Profile?: ProfileResolvers<ContextType>;
  ProgressPayload?: ProgressPayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RefreshPlaybackTokenPayload?: RefreshPlaybackTokenPayloadResolvers<ContextType>;
  SendPlaybackSignalPayload?: SendPlaybackSignalPayloadResolvers<ContextType>;
  SessionDescription?: SessionDescriptionResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Title?: TitleResolvers<ContextType>;
  TitleProgress?: TitleProgressResolvers<ContextType>;
  WatchProgress?: WatchProgressResolvers<ContextType>;
  WatchlistConnection?: WatchlistConnectionResolvers<ContextType>;
  WatchlistEdge?: WatchlistEdgeResolvers<ContextType>;
  WatchlistEntry?: WatchlistEntryResolvers<ContextType>;
  WatchlistPayload?: WatchlistPayloadResolvers<ContextType>;
}>;

