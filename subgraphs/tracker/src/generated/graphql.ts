import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { MediaFileReference } from '../graphql/media-file.ts';
import type { PeerNode } from '../graphql/queries.ts';
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

export type CancelCatalogSubscriptionPayload = {
  __typename?: 'CancelCatalogSubscriptionPayload';
  /** False when there was no such subscription of the caller's. */
  cancelled: Scalars['Boolean']['output'];
};

export type CaptureScreenshotsInput = {
  catalogId: Scalars['ID']['input'];
  count?: InputMaybe<Scalars['Int']['input']>;
  peerId: Scalars['ID']['input'];
};

export type CaptureScreenshotsPayload = {
  __typename?: 'CaptureScreenshotsPayload';
  captured: Scalars['Int']['output'];
  error: Maybe<PeerCommandError>;
  requestId: Scalars['ID']['output'];
};

export type CatalogAvailability = {
  __typename?: 'CatalogAvailability';
  catalogId: Scalars['ID']['output'];
  /** Null while the catalog has no description of the file. */
  file: Maybe<MediaFile>;
  isAvailable: Scalars['Boolean']['output'];
  peerCount: Scalars['Int']['output'];
};

export type CatalogAvailabilityChange = {
  __typename?: 'CatalogAvailabilityChange';
  catalogId: Scalars['ID']['output'];
  changedAt: Scalars['DateTime']['output'];
  /** Null while the catalog has no description of the file. */
  file: Maybe<MediaFile>;
  isAvailable: Scalars['Boolean']['output'];
  peerCount: Scalars['Int']['output'];
};

export type CatalogSubscription = {
  __typename?: 'CatalogSubscription';
  catalogId: Scalars['ID']['output'];
  createdAt: Scalars['DateTime']['output'];
  expiresAt: Scalars['DateTime']['output'];
  /** Null while the catalog has no description of the file. */
  file: Maybe<MediaFile>;
  id: Scalars['ID']['output'];
};

export type CatalogSubscriptionConnection = {
  __typename?: 'CatalogSubscriptionConnection';
  edges: Array<CatalogSubscriptionEdge>;
  pageInfo: PageInfo;
};

export type CatalogSubscriptionEdge = {
  __typename?: 'CatalogSubscriptionEdge';
  cursor: Scalars['String']['output'];
  node: CatalogSubscription;
};

export type CatalogSubscriptionMatch = {
  __typename?: 'CatalogSubscriptionMatch';
  catalogId: Scalars['ID']['output'];
  /** Null while the catalog has no description of the file. */
  file: Maybe<MediaFile>;
  matchedAt: Scalars['DateTime']['output'];
  peerCount: Scalars['Int']['output'];
  subscriptionId: Scalars['ID']['output'];
};

export type CreatePeerInvitationInput = {
  /** 60 to 2592000 (30 days); a day when omitted. */
  expiresInSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** What the peer is called: 1 to 100 characters. */
  name: Scalars['String']['input'];
  /** Whether the peer waits until an operator approves it. */
  requiresApproval?: InputMaybe<Scalars['Boolean']['input']>;
};

export type CreatePeerInvitationPayload = {
  __typename?: 'CreatePeerInvitationPayload';
  /** Shown here only; a hash of it is stored. */
  code: Scalars['String']['output'];
  invitation: PeerInvitation;
  /** Stands for the code: `giggityflix-peer join` takes either. */
  link: Scalars['String']['output'];
};

export type DeletePeerFileInput = {
  catalogId: Scalars['ID']['input'];
  peerId: Scalars['ID']['input'];
};

export type DeletePeerFilePayload = {
  __typename?: 'DeletePeerFilePayload';
  deleted: Scalars['Boolean']['output'];
  error: Maybe<PeerCommandError>;
  requestId: Scalars['ID']['output'];
};

export type FileAvailability = {
  __typename?: 'FileAvailability';
  isAvailable: Scalars['Boolean']['output'];
  peerCount: Scalars['Int']['output'];
};

export type FileHash = {
  __typename?: 'FileHash';
  algorithm: Scalars['String']['output'];
  value: Scalars['String']['output'];
};

export type FileHashPayload = {
  __typename?: 'FileHashPayload';
  error: Maybe<PeerCommandError>;
  hashes: Maybe<Array<FileHash>>;
  requestId: Scalars['ID']['output'];
};

export type MediaFile = {
  __typename?: 'MediaFile';
  availability: FileAvailability;
  catalogId: Scalars['ID']['output'];
};

export type Mutation = {
  __typename?: 'Mutation';
  /** Admits a peer that waits for it, that was revoked, or that connected before invitations were required. Needs the operator role. Error: PEER_NOT_FOUND. */
  approvePeer: PeerMemberPayload;
  cancelCatalogSubscription: CancelCatalogSubscriptionPayload;
  /** Asks a peer for screenshots of a media file. Needs the operator role. */
  captureScreenshots: CaptureScreenshotsPayload;
  /**
   * Makes an invitation, which one peer can use once. Needs the operator role, unless the operator lets every account invite; then the peer
   * waits for an operator's approval. Errors: INVITATIONS_DISABLED, TOO_MANY_INVITATIONS (20 open ones of an account).
   */
  createPeerInvitation: CreatePeerInvitationPayload;
  /** Asks a peer to delete a file. Needs the operator role. */
  deletePeerFile: DeletePeerFilePayload;
  /** Names a member. Needs the operator role. Error: PEER_NOT_FOUND. */
  renamePeer: PeerMemberPayload;
  /** Asks a peer to hash a file again. Needs the operator role. */
  requestFileHash: FileHashPayload;
  /**
   * Asks that a peer be let in: it gets an invitation of an hour, under which it waits for an operator's approval. Needs no account, and works
   * only where the operator wants that (PEER_REQUESTS). Errors: PEER_REQUESTS_DISABLED, TOO_MANY_INVITATIONS (20 open ones of all who ask).
   */
  requestPeerInvitation: CreatePeerInvitationPayload;
  /** Ends a peer's stream at once, and refuses it until it is approved again. Needs the operator role. Error: PEER_NOT_FOUND. */
  revokePeer: PeerMemberPayload;
  /** Revokes an invitation; a peer that uses it at the same moment is revoked. An account revokes its own, an operator any. Error: INVITATION_NOT_FOUND. */
  revokePeerInvitation: RevokePeerInvitationPayload;
  /** Stores a subscription that is matched once a media file is available. */
  subscribeToCatalog: SubscribeToCatalogPayload;
};


export type MutationApprovePeerArgs = {
  peerId: Scalars['ID']['input'];
};


export type MutationCancelCatalogSubscriptionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationCaptureScreenshotsArgs = {
  input: CaptureScreenshotsInput;
};


export type MutationCreatePeerInvitationArgs = {
  input: CreatePeerInvitationInput;
};


export type MutationDeletePeerFileArgs = {
  input: DeletePeerFileInput;
};


export type MutationRenamePeerArgs = {
  input: RenamePeerInput;
};


export type MutationRequestFileHashArgs = {
  input: RequestFileHashInput;
};


export type MutationRequestPeerInvitationArgs = {
  input: RequestPeerInvitationInput;
};


export type MutationRevokePeerArgs = {
  peerId: Scalars['ID']['input'];
};


export type MutationRevokePeerInvitationArgs = {
  id: Scalars['ID']['input'];
};


export type MutationSubscribeToCatalogArgs = {
  input: SubscribeToCatalogInput;
};

export type PageInfo = {
  __typename?: 'PageInfo';
  endCursor: Maybe<Scalars['String']['output']>;
  hasNextPage: Scalars['Boolean']['output'];
};

export type Peer = {
  __typename?: 'Peer';
  activeStreams: Scalars['Int']['output'];
  catalogSize: Scalars['Int']['output'];
  connectedAt: Scalars['DateTime']['output'];
  edgeId: Scalars['ID']['output'];
  id: Scalars['ID']['output'];
  lastHeartbeatAt: Scalars['DateTime']['output'];
  /** Null for a peer that was neither invited nor decided about. */
  membership: Maybe<PeerMembership>;
  /** Given with its invitation, or by an operator. */
  name: Maybe<Scalars['String']['output']>;
  state: PeerState;
};

export type PeerCommandError = {
  __typename?: 'PeerCommandError';
  code: PeerCommandErrorCode;
  message: Scalars['String']['output'];
};

export type PeerCommandErrorCode =
  | 'FAILED'
  | 'PEER_OFFLINE'
  | 'REFUSED'
  | 'TIMEOUT';

export type PeerConnection = {
  __typename?: 'PeerConnection';
  edges: Array<PeerEdge>;
  pageInfo: PageInfo;
};

export type PeerEdge = {
  __typename?: 'PeerEdge';
  cursor: Scalars['String']['output'];
  node: Peer;
};

export type PeerInvitation = {
  __typename?: 'PeerInvitation';
  createdAt: Scalars['DateTime']['output'];
  createdBy: Scalars['ID']['output'];
  expiresAt: Scalars['DateTime']['output'];
  id: Scalars['ID']['output'];
  /** What the peer that uses it is called. */
  name: Scalars['String']['output'];
  requiresApproval: Scalars['Boolean']['output'];
  state: PeerInvitationState;
  /** The peer that used it. */
  usedBy: Maybe<Scalars['ID']['output']>;
};

export type PeerInvitationConnection = {
  __typename?: 'PeerInvitationConnection';
  edges: Array<PeerInvitationEdge>;
  pageInfo: PageInfo;
};

export type PeerInvitationEdge = {
  __typename?: 'PeerInvitationEdge';
  cursor: Scalars['String']['output'];
  node: PeerInvitation;
};

export type PeerInvitationState =
  | 'EXPIRED'
  | 'OPEN'
  | 'REVOKED'
  | 'USED';

export type PeerMember = {
  __typename?: 'PeerMember';
  membership: PeerMembership;
  name: Maybe<Scalars['String']['output']>;
  peerId: Scalars['ID']['output'];
  since: Scalars['DateTime']['output'];
};

export type PeerMemberConnection = {
  __typename?: 'PeerMemberConnection';
  edges: Array<PeerMemberEdge>;
  pageInfo: PageInfo;
};

export type PeerMemberEdge = {
  __typename?: 'PeerMemberEdge';
  cursor: Scalars['String']['output'];
  node: PeerMember;
};

export type PeerMemberPayload = {
  __typename?: 'PeerMemberPayload';
  member: PeerMember;
};

export type PeerMembership =
  | 'APPROVED'
  /** Waits for an operator's approval. */
  | 'PENDING'
  | 'REVOKED';

export type PeerState =
  | 'CONNECTED'
  | 'DISCONNECTED'
  | 'STALE';

export type PlaybackPeer = {
  __typename?: 'PlaybackPeer';
  connectionId: Scalars['ID']['output'];
  edgeId: Scalars['ID']['output'];
  peerId: Scalars['ID']['output'];
};

export type Query = {
  __typename?: 'Query';
  /** Answers in the order asked; ids that no peer has, and unknown ids, are not available. At most 500 ids. */
  catalogAvailability: Array<CatalogAvailability>;
  /** The caller's stored subscriptions that have not been matched. */
  catalogSubscriptions: CatalogSubscriptionConnection;
  /** One peer. Needs the operator role. */
  peer: Maybe<Peer>;
  /**
   * Invitations to share films here, the newest first, those that expired within a week included. An operator sees all; others their own,
   * where they may make some.
   */
  peerInvitations: PeerInvitationConnection;
  /** Peers that were invited or decided about, by id; those too that never connected. Needs the operator role. */
  peerMembers: PeerMemberConnection;
  /** Peers of the platform, the most recently connected first. Needs the operator role. */
  peers: PeerConnection;
  /** The best peer to play a media file from: connected, least loaded. Needs the service role. */
  playbackPeer: Maybe<PlaybackPeer>;
};


export type QueryCatalogAvailabilityArgs = {
  catalogIds: Array<Scalars['ID']['input']>;
};


export type QueryCatalogSubscriptionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryPeerArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPeerInvitationsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryPeerMembersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryPeersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first: Scalars['Int']['input'];
  state?: InputMaybe<PeerState>;
};


export type QueryPlaybackPeerArgs = {
  catalogId: Scalars['ID']['input'];
  excludePeerIds?: InputMaybe<Array<Scalars['ID']['input']>>;
};

export type RenamePeerInput = {
  /** 1 to 100 characters. */
  name: Scalars['String']['input'];
  peerId: Scalars['ID']['input'];
};

export type RequestFileHashInput = {
  /** Such as md5 and sha1; the peer's configured ones when omitted. */
  algorithms?: InputMaybe<Array<Scalars['String']['input']>>;
  catalogId: Scalars['ID']['input'];
  peerId: Scalars['ID']['input'];
};

export type RequestPeerInvitationInput = {
  /** What the peer is called: 1 to 100 characters. */
  name: Scalars['String']['input'];
};

export type RevokePeerInvitationPayload = {
  __typename?: 'RevokePeerInvitationPayload';
  invitation: PeerInvitation;
};

export type SubscribeToCatalogInput = {
  catalogId: Scalars['ID']['input'];
  /** For backends subscribing in their own name; needs the service role. */
  serviceId?: InputMaybe<Scalars['ID']['input']>;
  /** Hours until the subscription ends, up to 8760. */
  ttlHours?: InputMaybe<Scalars['Float']['input']>;
};

export type SubscribeToCatalogPayload = {
  __typename?: 'SubscribeToCatalogPayload';
  subscription: CatalogSubscription;
};

export type Subscription = {
  __typename?: 'Subscription';
  /** Fires on every change of the count or the availability, in order for each media file. At most 500 ids. */
  catalogAvailabilityChanged: CatalogAvailabilityChange;
  /** Fires when one of the caller's stored subscriptions is matched. */
  catalogSubscriptionMatched: CatalogSubscriptionMatch;
};


export type SubscriptionCatalogAvailabilityChangedArgs = {
  catalogIds: Array<Scalars['ID']['input']>;
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
  Peer: Peer;
}>;

/** Mapping of federation reference types */
export type FederationReferenceTypes = ResolversObject<{
  MediaFile:
    ( { __typename: 'MediaFile' }
    & GraphQLRecursivePick<FederationTypes['MediaFile'], {"catalogId":true}> );
  Peer:
    ( { __typename: 'Peer' }
    & GraphQLRecursivePick<FederationTypes['Peer'], {"id":true}> );
}>;



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = ResolversObject<{
  CancelCatalogSubscriptionPayload: ResolverTypeWrapper<Partial<CancelCatalogSubscriptionPayload>>;
  Boolean: ResolverTypeWrapper<Partial<Scalars['Boolean']['output']>>;
  CaptureScreenshotsInput: ResolverTypeWrapper<Partial<CaptureScreenshotsInput>>;
  ID: ResolverTypeWrapper<Partial<Scalars['ID']['output']>>;
  Int: ResolverTypeWrapper<Partial<Scalars['Int']['output']>>;
  CaptureScreenshotsPayload: ResolverTypeWrapper<Partial<CaptureScreenshotsPayload>>;
  CatalogAvailability: ResolverTypeWrapper<Partial<Omit<CatalogAvailability, 'file'> & { file?: Maybe<ResolversTypes['MediaFile']> }>>;
  CatalogAvailabilityChange: ResolverTypeWrapper<Partial<Omit<CatalogAvailabilityChange, 'file'> & { file?: Maybe<ResolversTypes['MediaFile']> }>>;
  CatalogSubscription: ResolverTypeWrapper<Partial<Omit<CatalogSubscription, 'file'> & { file?: Maybe<ResolversTypes['MediaFile']> }>>;
  CatalogSubscriptionConnection: ResolverTypeWrapper<Partial<Omit<CatalogSubscriptionConnection, 'edges'> & { edges: Array<ResolversTypes['CatalogSubscriptionEdge']> }>>;
  CatalogSubscriptionEdge: ResolverTypeWrapper<Partial<Omit<CatalogSubscriptionEdge, 'node'> & { node: ResolversTypes['CatalogSubscription'] }>>;
  String: ResolverTypeWrapper<Partial<Scalars['String']['output']>>;
  CatalogSubscriptionMatch: ResolverTypeWrapper<Partial<Omit<CatalogSubscriptionMatch, 'file'> & { file?: Maybe<ResolversTypes['MediaFile']> }>>;
  CreatePeerInvitationInput: ResolverTypeWrapper<Partial<CreatePeerInvitationInput>>;
  CreatePeerInvitationPayload: ResolverTypeWrapper<Partial<CreatePeerInvitationPayload>>;
  DateTime: ResolverTypeWrapper<Partial<Scalars['DateTime']['output']>>;
  DeletePeerFileInput: ResolverTypeWrapper<Partial<DeletePeerFileInput>>;
  DeletePeerFilePayload: ResolverTypeWrapper<Partial<DeletePeerFilePayload>>;
  FileAvailability: ResolverTypeWrapper<Partial<FileAvailability>>;
  FileHash: ResolverTypeWrapper<Partial<FileHash>>;
  FileHashPayload: ResolverTypeWrapper<Partial<FileHashPayload>>;
  MediaFile: ResolverTypeWrapper<MediaFileReference>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<Partial<PageInfo>>;
  Peer: ResolverTypeWrapper<PeerNode>;
  PeerCommandError: ResolverTypeWrapper<Partial<PeerCommandError>>;
  PeerCommandErrorCode: ResolverTypeWrapper<Partial<PeerCommandErrorCode>>;
  PeerConnection: ResolverTypeWrapper<Partial<Omit<PeerConnection, 'edges'> & { edges: Array<ResolversTypes['PeerEdge']> }>>;
  PeerEdge: ResolverTypeWrapper<Partial<Omit<PeerEdge, 'node'> & { node: ResolversTypes['Peer'] }>>;
  PeerInvitation: ResolverTypeWrapper<Partial<PeerInvitation>>;
  PeerInvitationConnection: ResolverTypeWrapper<Partial<PeerInvitationConnection>>;
  PeerInvitationEdge: ResolverTypeWrapper<Partial<PeerInvitationEdge>>;
  PeerInvitationState: ResolverTypeWrapper<Partial<PeerInvitationState>>;
  PeerMember: ResolverTypeWrapper<Partial<PeerMember>>;
  PeerMemberConnection: ResolverTypeWrapper<Partial<PeerMemberConnection>>;
  PeerMemberEdge: ResolverTypeWrapper<Partial<PeerMemberEdge>>;
  PeerMemberPayload: ResolverTypeWrapper<Partial<PeerMemberPayload>>;
  PeerMembership: ResolverTypeWrapper<Partial<PeerMembership>>;
  PeerState: ResolverTypeWrapper<Partial<PeerState>>;
  PlaybackPeer: ResolverTypeWrapper<Partial<PlaybackPeer>>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RenamePeerInput: ResolverTypeWrapper<Partial<RenamePeerInput>>;
  RequestFileHashInput: ResolverTypeWrapper<Partial<RequestFileHashInput>>;
  RequestPeerInvitationInput: ResolverTypeWrapper<Partial<RequestPeerInvitationInput>>;
  RevokePeerInvitationPayload: ResolverTypeWrapper<Partial<RevokePeerInvitationPayload>>;
  SubscribeToCatalogInput: ResolverTypeWrapper<Partial<SubscribeToCatalogInput>>;
  Float: ResolverTypeWrapper<Partial<Scalars['Float']['output']>>;
  SubscribeToCatalogPayload: ResolverTypeWrapper<Partial<Omit<SubscribeToCatalogPayload, 'subscription'> & { subscription: ResolversTypes['CatalogSubscription'] }>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
}>;

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = ResolversObject<{
  CancelCatalogSubscriptionPayload: Partial<CancelCatalogSubscriptionPayload>;
  Boolean: Partial<Scalars['Boolean']['output']>;
  CaptureScreenshotsInput: Partial<CaptureScreenshotsInput>;
  ID: Partial<Scalars['ID']['output']>;
  Int: Partial<Scalars['Int']['output']>;
  CaptureScreenshotsPayload: Partial<CaptureScreenshotsPayload>;
  CatalogAvailability: Partial<Omit<CatalogAvailability, 'file'> & { file?: Maybe<ResolversParentTypes['MediaFile']> }>;
  CatalogAvailabilityChange: Partial<Omit<CatalogAvailabilityChange, 'file'> & { file?: Maybe<ResolversParentTypes['MediaFile']> }>;
  CatalogSubscription: Partial<Omit<CatalogSubscription, 'file'> & { file?: Maybe<ResolversParentTypes['MediaFile']> }>;
  CatalogSubscriptionConnection: Partial<Omit<CatalogSubscriptionConnection, 'edges'> & { edges: Array<ResolversParentTypes['CatalogSubscriptionEdge']> }>;
  CatalogSubscriptionEdge: Partial<Omit<CatalogSubscriptionEdge, 'node'> & { node: ResolversParentTypes['CatalogSubscription'] }>;
  String: Partial<Scalars['String']['output']>;
  CatalogSubscriptionMatch: Partial<Omit<CatalogSubscriptionMatch, 'file'> & { file?: Maybe<ResolversParentTypes['MediaFile']> }>;
  CreatePeerInvitationInput: Partial<CreatePeerInvitationInput>;
  CreatePeerInvitationPayload: Partial<CreatePeerInvitationPayload>;
  DateTime: Partial<Scalars['DateTime']['output']>;
  DeletePeerFileInput: Partial<DeletePeerFileInput>;
  DeletePeerFilePayload: Partial<DeletePeerFilePayload>;
  FileAvailability: Partial<FileAvailability>;
  FileHash: Partial<FileHash>;
  FileHashPayload: Partial<FileHashPayload>;
  MediaFile: MediaFileReference;
  Mutation: Record<PropertyKey, never>;
  PageInfo: Partial<PageInfo>;
  Peer: PeerNode;
  PeerCommandError: Partial<PeerCommandError>;
  PeerConnection: Partial<Omit<PeerConnection, 'edges'> & { edges: Array<ResolversParentTypes['PeerEdge']> }>;
  PeerEdge: Partial<Omit<PeerEdge, 'node'> & { node: ResolversParentTypes['Peer'] }>;
  PeerInvitation: Partial<PeerInvitation>;
  PeerInvitationConnection: Partial<PeerInvitationConnection>;
  PeerInvitationEdge: Partial<PeerInvitationEdge>;
  PeerMember: Partial<PeerMember>;
  PeerMemberConnection: Partial<PeerMemberConnection>;
  PeerMemberEdge: Partial<PeerMemberEdge>;
  PeerMemberPayload: Partial<PeerMemberPayload>;
  PlaybackPeer: Partial<PlaybackPeer>;
  Query: Record<PropertyKey, never>;
  RenamePeerInput: Partial<RenamePeerInput>;
  RequestFileHashInput: Partial<RequestFileHashInput>;
  RequestPeerInvitationInput: Partial<RequestPeerInvitationInput>;
  RevokePeerInvitationPayload: Partial<RevokePeerInvitationPayload>;
  SubscribeToCatalogInput: Partial<SubscribeToCatalogInput>;
  Float: Partial<Scalars['Float']['output']>;
  SubscribeToCatalogPayload: Partial<Omit<SubscribeToCatalogPayload, 'subscription'> & { subscription: ResolversParentTypes['CatalogSubscription'] }>;
  Subscription: Record<PropertyKey, never>;
}>;

export type CancelCatalogSubscriptionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CancelCatalogSubscriptionPayload'] = ResolversParentTypes['CancelCatalogSubscriptionPayload']> = ResolversObject<{
  cancelled?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
}>;

export type CaptureScreenshotsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CaptureScreenshotsPayload'] = ResolversParentTypes['CaptureScreenshotsPayload']> = ResolversObject<{
  captured?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['PeerCommandError']>, ParentType, ContextType>;
  requestId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type CatalogAvailabilityResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogAvailability'] = ResolversParentTypes['CatalogAvailability']> = ResolversObject<{
  catalogId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['MediaFile']>, ParentType, ContextType>;
  isAvailable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  peerCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
}>;

export type CatalogAvailabilityChangeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogAvailabilityChange'] = ResolversParentTypes['CatalogAvailabilityChange']> = ResolversObject<{
  catalogId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  changedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['MediaFile']>, ParentType, ContextType>;
  isAvailable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  peerCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
}>;

export type CatalogSubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogSubscription'] = ResolversParentTypes['CatalogSubscription']> = ResolversObject<{
  catalogId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['MediaFile']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type CatalogSubscriptionConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogSubscriptionConnection'] = ResolversParentTypes['CatalogSubscriptionConnection']> = ResolversObject<{
  edges?: Resolver<Array<ResolversTypes['CatalogSubscriptionEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
}>;

export type CatalogSubscriptionEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogSubscriptionEdge'] = ResolversParentTypes['CatalogSubscriptionEdge']> = ResolversObject<{
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['CatalogSubscription'], ParentType, ContextType>;
}>;

export type CatalogSubscriptionMatchResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CatalogSubscriptionMatch'] = ResolversParentTypes['CatalogSubscriptionMatch']> = ResolversObject<{
  catalogId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['MediaFile']>, ParentType, ContextType>;
  matchedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  peerCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  subscriptionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type CreatePeerInvitationPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreatePeerInvitationPayload'] = ResolversParentTypes['CreatePeerInvitationPayload']> = ResolversObject<{
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  invitation?: Resolver<ResolversTypes['PeerInvitation'], ParentType, ContextType>;
  link?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeletePeerFilePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletePeerFilePayload'] = ResolversParentTypes['DeletePeerFilePayload']> = ResolversObject<{
  deleted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['PeerCommandError']>, ParentType, ContextType>;
  requestId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type FileAvailabilityResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FileAvailability'] = ResolversParentTypes['FileAvailability']> = ResolversObject<{
  isAvailable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  peerCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
}>;

export type FileHashResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FileHash'] = ResolversParentTypes['FileHash']> = ResolversObject<{
  algorithm?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type FileHashPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FileHashPayload'] = ResolversParentTypes['FileHashPayload']> = ResolversObject<{
  error?: Resolver<Maybe<ResolversTypes['PeerCommandError']>, ParentType, ContextType>;
  hashes?: Resolver<Maybe<Array<ResolversTypes['FileHash']>>, ParentType, ContextType>;
  requestId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type MediaFileResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MediaFile'] = ResolversParentTypes['MediaFile'], FederationReferenceType extends FederationReferenceTypes['MediaFile'] = FederationReferenceTypes['MediaFile']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['MediaFile']> | FederationReferenceType, FederationReferenceType, ContextType>;
  availability?: Resolver<ResolversTypes['FileAvailability'], ParentType, ContextType>;
  catalogId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = ResolversObject<{
  approvePeer?: Resolver<ResolversTypes['PeerMemberPayload'], ParentType, ContextType, RequireFields<MutationApprovePeerArgs, 'peerId'>>;
  cancelCatalogSubscription?: Resolver<ResolversTypes['CancelCatalogSubscriptionPayload'], ParentType, ContextType, RequireFields<MutationCancelCatalogSubscriptionArgs, 'id'>>;
  captureScreenshots?: Resolver<ResolversTypes['CaptureScreenshotsPayload'], ParentType, ContextType, RequireFields<MutationCaptureScreenshotsArgs, 'input'>>;
  createPeerInvitation?: Resolver<ResolversTypes['CreatePeerInvitationPayload'], ParentType, ContextType, RequireFields<MutationCreatePeerInvitationArgs, 'input'>>;
  deletePeerFile?: Resolver<ResolversTypes['DeletePeerFilePayload'], ParentType, ContextType, RequireFields<MutationDeletePeerFileArgs, 'input'>>;
  renamePeer?: Resolver<ResolversTypes['PeerMemberPayload'], ParentType, ContextType, RequireFields<MutationRenamePeerArgs, 'input'>>;
  requestFileHash?: Resolver<ResolversTypes['FileHashPayload'], ParentType, ContextType, RequireFields<MutationRequestFileHashArgs, 'input'>>;
  requestPeerInvitation?: Resolver<ResolversTypes['CreatePeerInvitationPayload'], ParentType, ContextType, RequireFields<MutationRequestPeerInvitationArgs, 'input'>>;
  revokePeer?: Resolver<ResolversTypes['PeerMemberPayload'], ParentType, ContextType, RequireFields<MutationRevokePeerArgs, 'peerId'>>;
  revokePeerInvitation?: Resolver<ResolversTypes['RevokePeerInvitationPayload'], ParentType, ContextType, RequireFields<MutationRevokePeerInvitationArgs, 'id'>>;
  subscribeToCatalog?: Resolver<ResolversTypes['SubscribeToCatalogPayload'], ParentType, ContextType, RequireFields<MutationSubscribeToCatalogArgs, 'input'>>;
}>;

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = ResolversObject<{
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
}>;

export type PeerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Peer'] = ResolversParentTypes['Peer'], FederationReferenceType extends FederationReferenceTypes['Peer'] = FederationReferenceTypes['Peer']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Peer']> | FederationReferenceType, FederationReferenceType, ContextType>;
  activeStreams?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  catalogSize?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  connectedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  edgeId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastHeartbeatAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  membership?: Resolver<Maybe<ResolversTypes['PeerMembership']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['PeerState'], ParentType, ContextType>;
}>;

export type PeerCommandErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PeerCommandError'] = ResolversParentTypes['PeerCommandError']> = ResolversObject<{
  code?: Resolver<ResolversTypes['PeerCommandErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type PeerConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PeerConnection'] = ResolversParentTypes['PeerConnection']> = ResolversObject<{
  edges?: Resolver<Array<ResolversTypes['PeerEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
}>;

export type PeerEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PeerEdge'] = ResolversParentTypes['PeerEdge']> = ResolversObject<{
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Peer'], ParentType, ContextType>;
}>;

export type PeerInvitationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PeerInvitation'] = ResolversParentTypes['PeerInvitation']> = ResolversObject<{
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  createdBy?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requiresApproval?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['PeerInvitationState'], ParentType, ContextType>;
  usedBy?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
}>;

export type PeerInvitationConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PeerInvitationConnection'] = ResolversParentTypes['PeerInvitationConnection']> = ResolversObject<{
  edges?: Resolver<Array<ResolversTypes['PeerInvitationEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
}>;

export type PeerInvitationEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PeerInvitationEdge'] = ResolversParentTypes['PeerInvitationEdge']> = ResolversObject<{
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['PeerInvitation'], ParentType, ContextType>;
}>;

export type PeerMemberResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PeerMember'] = ResolversParentTypes['PeerMember']> = ResolversObject<{
  membership?: Resolver<ResolversTypes['PeerMembership'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  peerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
}>;

export type PeerMemberConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PeerMemberConnection'] = ResolversParentTypes['PeerMemberConnection']> = ResolversObject<{
  edges?: Resolver<Array<ResolversTypes['PeerMemberEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
}>;

export type PeerMemberEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PeerMemberEdge'] = ResolversParentTypes['PeerMemberEdge']> = ResolversObject<{
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['PeerMember'], ParentType, ContextType>;
}>;

export type PeerMemberPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PeerMemberPayload'] = ResolversParentTypes['PeerMemberPayload']> = ResolversObject<{
  member?: Resolver<ResolversTypes['PeerMember'], ParentType, ContextType>;
}>;

export type PlaybackPeerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PlaybackPeer'] = ResolversParentTypes['PlaybackPeer']> = ResolversObject<{
  connectionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  edgeId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  peerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
}>;

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = ResolversObject<{
  catalogAvailability?: Resolver<Array<ResolversTypes['CatalogAvailability']>, ParentType, ContextType, RequireFields<QueryCatalogAvailabilityArgs, 'catalogIds'>>;
  catalogSubscriptions?: Resolver<ResolversTypes['CatalogSubscriptionConnection'], ParentType, ContextType, RequireFields<QueryCatalogSubscriptionsArgs, 'first'>>;
  peer?: Resolver<Maybe<ResolversTypes['Peer']>, ParentType, ContextType, RequireFields<QueryPeerArgs, 'id'>>;
  peerInvitations?: Resolver<ResolversTypes['PeerInvitationConnection'], ParentType, ContextType, RequireFields<QueryPeerInvitationsArgs, 'first'>>;
  peerMembers?: Resolver<ResolversTypes['PeerMemberConnection'], ParentType, ContextType, RequireFields<QueryPeerMembersArgs, 'first'>>;
  peers?: Resolver<ResolversTypes['PeerConnection'], ParentType, ContextType, RequireFields<QueryPeersArgs, 'first'>>;
  playbackPeer?: Resolver<Maybe<ResolversTypes['PlaybackPeer']>, ParentType, ContextType, RequireFields<QueryPlaybackPeerArgs, 'catalogId' | 'excludePeerIds'>>;
}>;

export type RevokePeerInvitationPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokePeerInvitationPayload'] = ResolversParentTypes['RevokePeerInvitationPayload']> = ResolversObject<{
  invitation?: Resolver<ResolversTypes['PeerInvitation'], ParentType, ContextType>;
}>;

export type SubscribeToCatalogPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubscribeToCatalogPayload'] = ResolversParentTypes['SubscribeToCatalogPayload']> = ResolversObject<{
  subscription?: Resolver<ResolversTypes['CatalogSubscription'], ParentType, ContextType>;
}>;

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = ResolversObject<{
  catalogAvailabilityChanged?: SubscriptionResolver<ResolversTypes['CatalogAvailabilityChange'], "catalogAvailabilityChanged", ParentType, ContextType, RequireFields<SubscriptionCatalogAvailabilityChangedArgs, 'catalogIds'>>;
  catalogSubscriptionMatched?: SubscriptionResolver<ResolversTypes['CatalogSubscriptionMatch'], "catalogSubscriptionMatched", ParentType, ContextType>;
}>;

export type Resolvers<ContextType = Context> = ResolversObject<{
  CancelCatalogSubscriptionPayload?: CancelCatalogSubscriptionPayloadResolvers<ContextType>;
  CaptureScreenshotsPayload?: CaptureScreenshotsPayloadResolvers<ContextType>;
  CatalogAvailability?: CatalogAvailabilityResolvers<ContextType>;
  CatalogAvailabilityChange?: CatalogAvailabilityChangeResolvers<ContextType>;
  CatalogSubscription?: CatalogSubscriptionResolvers<ContextType>;
  CatalogSubscriptionConnection?: CatalogSubscriptionConnectionResolvers<ContextType>;
  CatalogSubscriptionEdge?: CatalogSubscriptionEdgeResolvers<ContextType>;
  CatalogSubscriptionMatch?: CatalogSubscriptionMatchResolvers<ContextType>;
  CreatePeerInvitationPayload?: CreatePeerInvitationPayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DeletePeerFilePayload?: DeletePeerFilePayloadResolvers<ContextType>;
  FileAvailability?: FileAvailabilityResolvers<ContextType>;
  FileHash?: FileHashResolvers<ContextType>;
  FileHashPayload?: FileHashPayloadResolvers<ContextType>;
  MediaFile?: MediaFileResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Peer?: PeerResolvers<ContextType>;
  PeerCommandError?: PeerCommandErrorResolvers<ContextType>;
  PeerConnection?: PeerConnectionResolvers<ContextType>;
  PeerEdge?: PeerEdgeResolvers<ContextType>;
  PeerInvitation?: PeerInvitationResolvers<ContextType>;
  PeerInvitationConnection?: PeerInvitationConnectionResolvers<ContextType>;
  PeerInvitationEdge?: PeerInvitationEdgeResolvers<ContextType>;
  PeerMember?: PeerMemberResolvers<ContextType>;
  PeerMemberConnection?: PeerMemberConnectionResolvers<ContextType>;
  PeerMemberEdge?: PeerMemberEdgeResolvers<ContextType>;
  PeerMemberPayload?: PeerMemberPayloadResolvers<ContextType>;
  PlaybackPeer?: PlaybackPeerResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RevokePeerInvitationPayload?: RevokePeerInvitationPayloadResolvers<ContextType>;
  SubscribeToCatalogPayload?: SubscribeToCatalogPayloadResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
}>;

