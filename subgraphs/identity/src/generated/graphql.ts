import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Account as StoredAccount } from '../accounts/account.ts';
import type { Profile as StoredProfile } from '../profiles/profile.ts';
import type { Device as StoredDevice } from '../devices/devices.ts';
import type { Invitation } from '../invitations/invitations.ts';
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
  /** A point in time, RFC 3339 in UTC. */
  DateTime: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

export type Account = {
  __typename?: 'Account';
  createdAt: Scalars['DateTime']['output'];
  /** Where it is signed in, the last seen first. */
  devices: Array<Device>;
  id: Scalars['ID']['output'];
  /** Ids of the libraries it may see; null for all. */
  libraries: Maybe<Array<Scalars['ID']['output']>>;
  login: Scalars['String']['output'];
  name: Scalars['String']['output'];
  plan: Maybe<Scalars['String']['output']>;
  profiles: Array<Profile>;
  role: AccountRole;
  state: AccountState;
};

export type AccountConnection = {
  __typename?: 'AccountConnection';
  edges: Array<AccountEdge>;
  pageInfo: PageInfo;
};

export type AccountEdge = {
  __typename?: 'AccountEdge';
  cursor: Scalars['String']['output'];
  node: Account;
};

export type AccountError = {
  __typename?: 'AccountError';
  code: AccountErrorCode;
  message: Scalars['String']['output'];
};

export type AccountErrorCode =
  | 'INVALID'
  /** The last owner stays one, and stays. */
  | 'LAST_OWNER'
  | 'NOT_FOUND'
  /** The invitation was used, has expired or was taken back. */
  | 'NOT_OPEN'
  /** Only owners make owners and change them. */
  | 'OWNERS_ONLY';

export type AccountInvitation = {
  __typename?: 'AccountInvitation';
  /** The account that it made. */
  account: Maybe<Account>;
  createdAt: Scalars['DateTime']['output'];
  expiresAt: Scalars['DateTime']['output'];
  id: Scalars['ID']['output'];
  libraries: Maybe<Array<Scalars['ID']['output']>>;
  /** For whom it is, in the inviter's words. */
  note: Scalars['String']['output'];
  plan: Maybe<Scalars['String']['output']>;
  role: AccountRole;
  state: AccountInvitationState;
};

export type AccountInvitationConnection = {
  __typename?: 'AccountInvitationConnection';
  edges: Array<AccountInvitationEdge>;
  pageInfo: PageInfo;
};

export type AccountInvitationEdge = {
  __typename?: 'AccountInvitationEdge';
  cursor: Scalars['String']['output'];
  node: AccountInvitation;
};

export type AccountInvitationInput = {
  /** Null for all; at most 100. */
  libraries?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** At most 200 characters. */
  note?: InputMaybe<Scalars['String']['input']>;
  /** One of the plans that are offered. */
  plan?: InputMaybe<Scalars['String']['input']>;
  role: AccountRole;
};

export type AccountInvitationPayload = {
  __typename?: 'AccountInvitationPayload';
  error: Maybe<AccountError>;
  invitation: Maybe<AccountInvitation>;
  /** Shown once: it is not stored. */
  link: Maybe<Scalars['String']['output']>;
};

export type AccountInvitationState =
  | 'EXPIRED'
  | 'OPEN'
  | 'REVOKED'
  | 'USED';

export type AccountPayload = {
  __typename?: 'AccountPayload';
  account: Maybe<Account>;
  error: Maybe<AccountError>;
};

export type AccountRole =
  | 'MEMBER'
  /** Administers, but makes and changes no owners. */
  | 'OPERATOR'
  | 'OWNER';

export type AccountState =
  | 'ACTIVE'
  /** Does not sign in. */
  | 'CLOSED'
  /** Signs in, and watches nothing. */
  | 'LIMITED';

export type AccountUpdateInput = {
  /** Null for all; at most 100. */
  libraries?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Null for none. */
  plan?: InputMaybe<Scalars['String']['input']>;
  role?: InputMaybe<AccountRole>;
  state?: InputMaybe<AccountState>;
};

export type Device = {
  __typename?: 'Device';
  clientId: Scalars['String']['output'];
  createdAt: Scalars['DateTime']['output'];
  id: Scalars['ID']['output'];
  /** Whether it is the one that asks. */
  isThis: Scalars['Boolean']['output'];
  lastSeenAt: Scalars['DateTime']['output'];
  /** What the machine said of itself, such as "Firefox on Android". */
  name: Scalars['String']['output'];
  /** The profile that was chosen on it. */
  profileId: Maybe<Scalars['ID']['output']>;
};

/** A kids' profile may choose another profile, and change nothing. */
export type Mutation = {
  __typename?: 'Mutation';
  /** Chooses who watches on this device, with the PIN of the profile where it has one. The client then renews its tokens. */
  chooseProfile: ProfilePayload;
  /** Makes a link by which someone becomes an account, once. Needs the operator role. */
  createAccountInvitation: AccountInvitationPayload;
  /** Makes a profile of the caller's account, which has at most 12. */
  createProfile: ProfilePayload;
  /** Deletes a profile of the caller's account, with its PIN where it has one. */
  deleteProfile: ProfilePayload;
  /** Takes an invitation back that nobody has used. Needs the operator role. */
  revokeAccountInvitation: AccountInvitationPayload;
  /** Signs out a device of the caller's account. */
  revokeDevice: Account;
  /** Signs the caller out on all devices, this one included. */
  signOutEverywhere: Account;
  /** Changes an account; what the input leaves out stays. Needs the operator role. */
  updateAccount: AccountPayload;
  /** Changes a profile of the caller's account, with its PIN where it has one. What the input leaves out stays. */
  updateProfile: ProfilePayload;
};


/** A kids' profile may choose another profile, and change nothing. */
export type MutationChooseProfileArgs = {
  id: Scalars['ID']['input'];
  pin?: InputMaybe<Scalars['String']['input']>;
};


/** A kids' profile may choose another profile, and change nothing. */
export type MutationCreateAccountInvitationArgs = {
  input: AccountInvitationInput;
};


/** A kids' profile may choose another profile, and change nothing. */
export type MutationCreateProfileArgs = {
  input: ProfileInput;
};


/** A kids' profile may choose another profile, and change nothing. */
export type MutationDeleteProfileArgs = {
  id: Scalars['ID']['input'];
  pin?: InputMaybe<Scalars['String']['input']>;
};


/** A kids' profile may choose another profile, and change nothing. */
export type MutationRevokeAccountInvitationArgs = {
  id: Scalars['ID']['input'];
};


/** A kids' profile may choose another profile, and change nothing. */
export type MutationRevokeDeviceArgs = {
  id: Scalars['ID']['input'];
};


/** A kids' profile may choose another profile, and change nothing. */
export type MutationUpdateAccountArgs = {
  id: Scalars['ID']['input'];
  input: AccountUpdateInput;
};


/** A kids' profile may choose another profile, and change nothing. */
export type MutationUpdateProfileArgs = {
  id: Scalars['ID']['input'];
  input: ProfileInput;
  pin?: InputMaybe<Scalars['String']['input']>;
};

export type PageInfo = {
  __typename?: 'PageInfo';
  endCursor: Maybe<Scalars['String']['output']>;
  hasNextPage: Scalars['Boolean']['output'];
};

export type Profile = {
  __typename?: 'Profile';
  /** BCP 47 tags, the preferred first. */
  audioLanguages: Array<Scalars['String']['output']>;
  hasPin: Scalars['Boolean']['output'];
  /** When it may watch; null for always. */
  hours: Maybe<WatchHours>;
  id: Scalars['ID']['output'];
  /** Whether it watches on the device that asks. */
  isChosen: Scalars['Boolean']['output'];
  isKid: Scalars['Boolean']['output'];
  name: Scalars['String']['output'];
  /** bear, bee, bird, cat, dog, fish, fox, frog, koala, lion, owl, panda, penguin, rabbit, tiger or whale. */
  picture: Maybe<Scalars['String']['output']>;
  /** An age: titles for a greater one, or for an unknown one, are hidden. */
  ratingLimit: Maybe<Scalars['Int']['output']>;
  subtitleLanguages: Array<Scalars['String']['output']>;
};

export type ProfileError = {
  __typename?: 'ProfileError';
  code: ProfileErrorCode;
  message: Scalars['String']['output'];
  /** Of LOCKED. */
  retryAfterSeconds: Maybe<Scalars['Int']['output']>;
};

export type ProfileErrorCode =
  | 'INVALID'
  /** One profile of each account is no kid's, and stays. */
  | 'LAST_PROFILE'
  /** Too many PINs were wrong. */
  | 'LOCKED'
  | 'NOT_FOUND'
  | 'TOO_MANY_PROFILES'
  | 'WRONG_PIN';

export type ProfileInput = {
  audioLanguages?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Null for always. */
  hours?: InputMaybe<WatchHoursInput>;
  isKid?: InputMaybe<Scalars['Boolean']['input']>;
  /** 1 to 100 characters. */
  name: Scalars['String']['input'];
  picture?: InputMaybe<Scalars['String']['input']>;
  /** 4 to 8 digits; null removes it. */
  pin?: InputMaybe<Scalars['String']['input']>;
  /** 0 to 21; null for no limit. */
  ratingLimit?: InputMaybe<Scalars['Int']['input']>;
  subtitleLanguages?: InputMaybe<Array<Scalars['String']['input']>>;
};

export type ProfilePayload = {
  __typename?: 'ProfilePayload';
  error: Maybe<ProfileError>;
  /** The profile as it is now, or was when it was deleted; null where it failed. */
  profile: Maybe<Profile>;
};

export type Query = {
  __typename?: 'Query';
  /** Invitations, the newest first. `first` is 1 to 100. Needs the operator role. */
  accountInvitations: AccountInvitationConnection;
  /** All accounts, in the order in which they were made. `first` is 1 to 100. Needs the operator role. */
  accounts: AccountConnection;
  /** The caller's account. */
  me: Account;
};


export type QueryAccountInvitationsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};


export type QueryAccountsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};

export type WatchHours = {
  __typename?: 'WatchHours';
  /** HH:MM. */
  from: Scalars['String']['output'];
  /** An IANA name, such as Europe/Berlin. */
  timeZone: Scalars['String']['output'];
  /** HH:MM, of the next day where it is not after `from`. */
  until: Scalars['String']['output'];
};

export type WatchHoursInput = {
  from: Scalars['String']['input'];
  timeZone: Scalars['String']['input'];
  until: Scalars['String']['input'];
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
  Account: Account;
  Profile: Profile;
}>;

/** Mapping of federation reference types */
export type FederationReferenceTypes = ResolversObject<{
  Account:
    ( { __typename: 'Account' }
    & GraphQLRecursivePick<FederationTypes['Account'], {"id":true}> );
  Profile:
    ( { __typename: 'Profile' }
    & GraphQLRecursivePick<FederationTypes['Profile'], {"id":true}> );
}>;



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = ResolversObject<{
  Account: ResolverTypeWrapper<StoredAccount>;
  ID: ResolverTypeWrapper<Partial<Scalars['ID']['output']>>;
  String: ResolverTypeWrapper<Partial<Scalars['String']['output']>>;
  AccountConnection: ResolverTypeWrapper<Partial<Omit<AccountConnection, 'edges'> & { edges: Array<ResolversTypes['AccountEdge']> }>>;
  AccountEdge: ResolverTypeWrapper<Partial<Omit<AccountEdge, 'node'> & { node: ResolversTypes['Account'] }>>;
  AccountError: ResolverTypeWrapper<Partial<AccountError>>;
  AccountErrorCode: ResolverTypeWrapper<Partial<AccountErrorCode>>;
  AccountInvitation: ResolverTypeWrapper<Invitation>;
  AccountInvitationConnection: ResolverTypeWrapper<Partial<Omit<AccountInvitationConnection, 'edges'> & { edges: Array<ResolversTypes['AccountInvitationEdge']> }>>;
  AccountInvitationEdge: ResolverTypeWrapper<Partial<Omit<AccountInvitationEdge, 'node'> & { node: ResolversTypes['AccountInvitation'] }>>;
  AccountInvitationInput: ResolverTypeWrapper<Partial<AccountInvitationInput>>;
  AccountInvitationPayload: ResolverTypeWrapper<Partial<Omit<AccountInvitationPayload, 'invitation'> & { invitation?: Maybe<ResolversTypes['AccountInvitation']> }>>;
  AccountInvitationState: ResolverTypeWrapper<Partial<AccountInvitationState>>;
  AccountPayload: ResolverTypeWrapper<Partial<Omit<AccountPayload, 'account'> & { account?: Maybe<ResolversTypes['Account']> }>>;
  AccountRole: ResolverTypeWrapper<Partial<AccountRole>>;
  AccountState: ResolverTypeWrapper<Partial<AccountState>>;
  AccountUpdateInput: ResolverTypeWrapper<Partial<AccountUpdateInput>>;
  DateTime: ResolverTypeWrapper<Partial<Scalars['DateTime']['output']>>;
  Device: ResolverTypeWrapper<StoredDevice>;
  Boolean: ResolverTypeWrapper<Partial<Scalars['Boolean']['output']>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<Partial<PageInfo>>;
  Profile: ResolverTypeWrapper<StoredProfile>;
  Int: ResolverTypeWrapper<Partial<Scalars['Int']['output']>>;
  ProfileError: ResolverTypeWrapper<Partial<ProfileError>>;
  ProfileErrorCode: ResolverTypeWrapper<Partial<ProfileErrorCode>>;
  ProfileInput: ResolverTypeWrapper<Partial<ProfileInput>>;
  ProfilePayload: ResolverTypeWrapper<Partial<Omit<ProfilePayload, 'profile'> & { profile?: Maybe<ResolversTypes['Profile']> }>>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  WatchHours: ResolverTypeWrapper<Partial<WatchHours>>;
  WatchHoursInput: ResolverTypeWrapper<Partial<WatchHoursInput>>;
}>;

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = ResolversObject<{
  Account: StoredAccount;
  ID: Partial<Scalars['ID']['output']>;
  String: Partial<Scalars['String']['output']>;
  AccountConnection: Partial<Omit<AccountConnection, 'edges'> & { edges: Array<ResolversParentTypes['AccountEdge']> }>;
  AccountEdge: Partial<Omit<AccountEdge, 'node'> & { node: ResolversParentTypes['Account'] }>;
  AccountError: Partial<AccountError>;
  AccountInvitation: Invitation;
  AccountInvitationConnection: Partial<Omit<AccountInvitationConnection, 'edges'> & { edges: Array<ResolversParentTypes['AccountInvitationEdge']> }>;
  AccountInvitationEdge: Partial<Omit<AccountInvitationEdge, 'node'> & { node: ResolversParentTypes['AccountInvitation'] }>;
  AccountInvitationInput: Partial<AccountInvitationInput>;
  AccountInvitationPayload: Partial<Omit<AccountInvitationPayload, 'invitation'> & { invitation?: Maybe<ResolversParentTypes['AccountInvitation']> }>;
  AccountPayload: Partial<Omit<AccountPayload, 'account'> & { account?: Maybe<ResolversParentTypes['Account']> }>;
  AccountUpdateInput: Partial<AccountUpdateInput>;
  DateTime: Partial<Scalars['DateTime']['output']>;
  Device: StoredDevice;
  Boolean: Partial<Scalars['Boolean']['output']>;
  Mutation: Record<PropertyKey, never>;
  PageInfo: Partial<PageInfo>;
  Profile: StoredProfile;
  Int: Partial<Scalars['Int']['output']>;
  ProfileError: Partial<ProfileError>;
  ProfileInput: Partial<ProfileInput>;
  ProfilePayload: Partial<Omit<ProfilePayload, 'profile'> & { profile?: Maybe<ResolversParentTypes['Profile']> }>;
  Query: Record<PropertyKey, never>;
  WatchHours: Partial<WatchHours>;
  WatchHoursInput: Partial<WatchHoursInput>;
}>;

export type AccountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Account'] = ResolversParentTypes['Account'], FederationReferenceType extends FederationReferenceTypes['Account'] = FederationReferenceTypes['Account']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Account']> | FederationReferenceType, FederationReferenceType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  devices?: Resolver<Array<ResolversTypes['Device']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  libraries?: Resolver<Maybe<Array<ResolversTypes['ID']>>, ParentType, ContextType>;
  login?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  plan?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  profiles?: Resolver<Array<ResolversTypes['Profile']>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes['AccountRole'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['AccountState'], ParentType, ContextType>;
}>;

export type AccountConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountConnection'] = ResolversParentTypes['AccountConnection']> = ResolversObject<{
  edges?: Resolver<Array<ResolversTypes['AccountEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
}>;

export type AccountEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountEdge'] = ResolversParentTypes['AccountEdge']> = ResolversObject<{
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
}>;

export type AccountErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountError'] = ResolversParentTypes['AccountError']> = ResolversObject<{
  code?: Resolver<ResolversTypes['AccountErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type AccountInvitationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountInvitation'] = ResolversParentTypes['AccountInvitation']> = ResolversObject<{
  account?: Resolver<Maybe<ResolversTypes['Account']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  libraries?: Resolver<Maybe<Array<ResolversTypes['ID']>>, ParentType, ContextType>;
  note?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  plan?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes['AccountRole'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['AccountInvitationState'], ParentType, ContextType>;
}>;

export type AccountInvitationConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountInvitationConnection'] = ResolversParentTypes['AccountInvitationConnection']> = ResolversObject<{
  edges?: Resolver<Array<ResolversTypes['AccountInvitationEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
}>;

export type AccountInvitationEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountInvitationEdge'] = ResolversParentTypes['AccountInvitationEdge']> = ResolversObject<{
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AccountInvitation'], ParentType, ContextType>;
}>;

export type AccountInvitationPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountInvitationPayload'] = ResolversParentTypes['AccountInvitationPayload']> = ResolversObject<{
  error?: Resolver<Maybe<ResolversTypes['AccountError']>, ParentType, ContextType>;
  invitation?: Resolver<Maybe<ResolversTypes['AccountInvitation']>, ParentType, ContextType>;
  link?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type AccountPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountPayload'] = ResolversParentTypes['AccountPayload']> = ResolversObject<{
  account?: Resolver<Maybe<ResolversTypes['Account']>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['AccountError']>, ParentType, ContextType>;
}>;

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeviceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Device'] = ResolversParentTypes['Device']> = ResolversObject<{
  clientId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isThis?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lastSeenAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  profileId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
}>;

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = ResolversObject<{
  chooseProfile?: Resolver<ResolversTypes['ProfilePayload'], ParentType, ContextType, RequireFields<MutationChooseProfileArgs, 'id'>>;
  createAccountInvitation?: Resolver<ResolversTypes['AccountInvitationPayload'], ParentType, ContextType, RequireFields<MutationCreateAccountInvitationArgs, 'input'>>;
  createProfile?: Resolver<ResolversTypes['ProfilePayload'], ParentType, ContextType, RequireFields<MutationCreateProfileArgs, 'input'>>;
  deleteProfile?: Resolver<ResolversTypes['ProfilePayload'], ParentType, ContextType, RequireFields<MutationDeleteProfileArgs, 'id'>>;
  revokeAccountInvitation?: Resolver<ResolversTypes['AccountInvitationPayload'], ParentType, ContextType, RequireFields<MutationRevokeAccountInvitationArgs, 'id'>>;
  revokeDevice?: Resolver<ResolversTypes['Account'], ParentType, ContextType, RequireFields<MutationRevokeDeviceArgs, 'id'>>;
  signOutEverywhere?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
  updateAccount?: Resolver<ResolversTypes['AccountPayload'], ParentType, ContextType, RequireFields<MutationUpdateAccountArgs, 'id' | 'input'>>;
  updateProfile?: Resolver<ResolversTypes['ProfilePayload'], ParentType, ContextType, RequireFields<MutationUpdateProfileArgs, 'id' | 'input'>>;
}>;

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = ResolversObject<{
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
}>;

export type ProfileResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Profile'] = ResolversParentTypes['Profile'], FederationReferenceType extends FederationReferenceTypes['Profile'] = FederationReferenceTypes['Profile']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Profile']> | FederationReferenceType, FederationReferenceType, ContextType>;
  audioLanguages?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  hasPin?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hours?: Resolver<Maybe<ResolversTypes['WatchHours']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isChosen?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isKid?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  picture?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ratingLimit?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  subtitleLanguages?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type ProfileErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProfileError'] = ResolversParentTypes['ProfileError']> = ResolversObject<{
  code?: Resolver<ResolversTypes['ProfileErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
}>;

export type ProfilePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProfilePayload'] = ResolversParentTypes['ProfilePayload']> = ResolversObject<{
  error?: Resolver<Maybe<ResolversTypes['ProfileError']>, ParentType, ContextType>;
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>;
}>;

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = ResolversObject<{
  accountInvitations?: Resolver<ResolversTypes['AccountInvitationConnection'], ParentType, ContextType, RequireFields<QueryAccountInvitationsArgs, 'first'>>;
  accounts?: Resolver<ResolversTypes['AccountConnection'], ParentType, ContextType, RequireFields<QueryAccountsArgs, 'first'>>;
  me?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
}>;

export type WatchHoursResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WatchHours'] = ResolversParentTypes['WatchHours']> = ResolversObject<{
  from?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  timeZone?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  until?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type Resolvers<ContextType = Context> = ResolversObject<{
  Account?: AccountResolvers<ContextType>;
  AccountConnection?: AccountConnectionResolvers<ContextType>;
  AccountEdge?: AccountEdgeResolvers<ContextType>;
  AccountError?: AccountErrorResolvers<ContextType>;
  AccountInvitation?: AccountInvitationResolvers<ContextType>;
  AccountInvitationConnection?: AccountInvitationConnectionResolvers<ContextType>;
  AccountInvitationEdge?: AccountInvitationEdgeResolvers<ContextType>;
  AccountInvitationPayload?: AccountInvitationPayloadResolvers<ContextType>;
  AccountPayload?: AccountPayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Device?: DeviceResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Profile?: ProfileResolvers<ContextType>;
  ProfileError?: ProfileErrorResolvers<ContextType>;
  ProfilePayload?: ProfilePayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  WatchHours?: WatchHoursResolvers<ContextType>;
}>;

