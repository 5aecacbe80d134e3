/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { Operation } from '../../operation.ts';
export type AccountInvitationInput = {
  /** Null for all; at most 100. */
  libraries?: Array<string> | null | undefined;
  /** At most 200 characters. */
  note?: string | null | undefined;
  /** One of the plans that are offered. */
  plan?: string | null | undefined;
  role: AccountRole;
};

export type AccountInvitationState =
  | 'EXPIRED'
  | 'OPEN'
  | 'REVOKED'
  | 'USED';

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
  libraries?: Array<string> | null | undefined;
  /** Null for none. */
  plan?: string | null | undefined;
  role?: AccountRole | null | undefined;
  state?: AccountState | null | undefined;
};

export type CreatePeerInvitationInput = {
  /** 60 to 2592000 (30 days); a day when omitted. */
  expiresInSeconds?: number | null | undefined;
  /** What the peer is called: 1 to 100 characters. */
  name: string;
  /** Whether the peer waits until an operator approves it. */
  requiresApproval?: boolean | null | undefined;
};

export type LibraryFolderInput = {
  folder: string;
  peerId: string;
};

export type PeerMembership =
  | 'APPROVED'
  /** Waits for an operator's approval. */
  | 'PENDING'
  | 'REVOKED';

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
  audioLanguages?: Array<string> | null | undefined;
  /** Null for always. */
  hours?: WatchHoursInput | null | undefined;
  isKid?: boolean | null | undefined;
  /** 1 to 100 characters. */
  name: string;
  picture?: string | null | undefined;
  /** 4 to 8 digits; null removes it. */
  pin?: string | null | undefined;
  /** 0 to 21; null for no limit. */
  ratingLimit?: number | null | undefined;
  subtitleLanguages?: Array<string> | null | undefined;
};

export type SaveLibraryInput = {
  /** At most 500. */
  folders?: Array<LibraryFolderInput> | null | undefined;
  /** 1 to 63 of a to z, 0 to 9 and -; the first no -. */
  id: string;
  /** 1 to 100 characters. */
  name: string;
  /** At most 500. */
  peers?: Array<string> | null | undefined;
};

export type WatchHoursInput = {
  from: string;
  timeZone: string;
  until: string;
};

export type ProfileDetailsFragment = { id: string, name: string, picture: string | null, isKid: boolean, ratingLimit: number | null, hasPin: boolean, audioLanguages: Array<string>, subtitleLanguages: Array<string>, isChosen: boolean, hours: { from: string, until: string, timeZone: string } | null };

export type ProfileOutcomeFragment = { profile: { id: string, name: string, picture: string | null, isKid: boolean, ratingLimit: number | null, hasPin: boolean, audioLanguages: Array<string>, subtitleLanguages: Array<string>, isChosen: boolean, hours: { from: string, until: string, timeZone: string } | null } | null, error: { code: ProfileErrorCode, message: string, retryAfterSeconds: number | null } | null };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { id: string, name: string, login: string, role: AccountRole, profiles: Array<{ id: string, name: string, picture: string | null, isKid: boolean, ratingLimit: number | null, hasPin: boolean, audioLanguages: Array<string>, subtitleLanguages: Array<string>, isChosen: boolean, hours: { from: string, until: string, timeZone: string } | null }> } };

export type ChooseProfileMutationVariables = Exact<{
  id: string;
  pin?: string | null | undefined;
}>;


export type ChooseProfileMutation = { outcome: { profile: { id: string, name: string, picture: string | null, isKid: boolean, ratingLimit: number | null, hasPin: boolean, audioLanguages: Array<string>, subtitleLanguages: Array<string>, isChosen: boolean, hours: { from: string, until: string, timeZone: string } | null } | null, error: { code: ProfileErrorCode, message: string, retryAfterSeconds: number | null } | null } };

export type CreateProfileMutationVariables = Exact<{
  input: ProfileInput;
}>;


export type CreateProfileMutation = { outcome: { profile: { id: string, name: string, picture: string | null, isKid: boolean, ratingLimit: number | null, hasPin: boolean, audioLanguages: Array<string>, subtitleLanguages: Array<string>, isChosen: boolean, hours: { from: string, until: string, timeZone: string } | null } | null, error: { code: ProfileErrorCode, message: string, retryAfterSeconds: number | null } | null } };

export type UpdateProfileMutationVariables = Exact<{
  id: string;
  input: ProfileInput;
  pin?: string | null | undefined;
}>;


export type UpdateProfileMutation = { outcome: { profile: { id: string, name: string, picture: string | null, isKid: boolean, ratingLimit: number | null, hasPin: boolean, audioLanguages: Array<string>, subtitleLanguages: Array<string>, isChosen: boolean, hours: { from: string, until: string, timeZone: string } | null } | null, error: { code: ProfileErrorCode, message: string, retryAfterSeconds: number | null } | null } };

export type DeleteProfileMutationVariables = Exact<{
  id: string;
  pin?: string | null | undefined;
}>;


export type DeleteProfileMutation = { outcome: { profile: { id: string, name: string, picture: string | null, isKid: boolean, ratingLimit: number | null, hasPin: boolean, audioLanguages: Array<string>, subtitleLanguages: Array<string>, isChosen: boolean, hours: { from: string, until: string, timeZone: string } | null } | null, error: { code: ProfileErrorCode, message: string, retryAfterSeconds: number | null } | null } };

export type DevicesQueryVariables = Exact<{ [key: string]: never; }>;


export type DevicesQuery = { me: { id: string, devices: Array<{ id: string, name: string, lastSeenAt: string, isThis: boolean }> } };

export type RevokeDeviceMutationVariables = Exact<{
  id: string;
}>;


export type RevokeDeviceMutation = { revokeDevice: { id: string, devices: Array<{ id: string, name: string, lastSeenAt: string, isThis: boolean }> } };

export type SignOutEverywhereMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutEverywhereMutation = { signOutEverywhere: { id: string } };

export type InvitationDetailsFragment = { id: string, role: AccountRole, plan: string | null, libraries: Array<string> | null, note: string, state: AccountInvitationState, expiresAt: string, account: { id: string, name: string } | null };

export type InvitationsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type InvitationsQuery = { page: { edges: Array<{ node: { id: string, role: AccountRole, plan: string | null, libraries: Array<string> | null, note: string, state: AccountInvitationState, expiresAt: string, account: { id: string, name: string } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type InviteMutationVariables = Exact<{
  input: AccountInvitationInput;
}>;


export type InviteMutation = { outcome: { link: string | null, invitation: { id: string, role: AccountRole, plan: string | null, libraries: Array<string> | null, note: string, state: AccountInvitationState, expiresAt: string, account: { id: string, name: string } | null } | null, error: { message: string } | null } };

export type RevokeInvitationMutationVariables = Exact<{
  id: string;
}>;


export type RevokeInvitationMutation = { outcome: { link: string | null, invitation: { id: string, role: AccountRole, plan: string | null, libraries: Array<string> | null, note: string, state: AccountInvitationState, expiresAt: string, account: { id: string, name: string } | null } | null, error: { message: string } | null } };

export type PersonDetailsFragment = { id: string, name: string, login: string, role: AccountRole, state: AccountState, plan: string | null, libraries: Array<string> | null };

export type PeopleQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type PeopleQuery = { page: { edges: Array<{ node: { id: string, name: string, login: string, role: AccountRole, state: AccountState, plan: string | null, libraries: Array<string> | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type UpdatePersonMutationVariables = Exact<{
  id: string;
  input: AccountUpdateInput;
}>;


export type UpdatePersonMutation = { outcome: { account: { id: string, name: string, login: string, role: AccountRole, state: AccountState, plan: string | null, libraries: Array<string> | null } | null, error: { message: string } | null } };

export type PeersOfHouseQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type PeersOfHouseQuery = { page: { edges: Array<{ node: { peerId: string, name: string | null, membership: PeerMembership } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ConnectedPeersQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ConnectedPeersQuery = { page: { edges: Array<{ node: { name: string | null, peerId: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type InvitePeerMutationVariables = Exact<{
  input: CreatePeerInvitationInput;
}>;


export type InvitePeerMutation = { outcome: { link: string } };

export type ApprovePeerMutationVariables = Exact<{
  peerId: string;
}>;


export type ApprovePeerMutation = { outcome: { member: { peerId: string, name: string | null, membership: PeerMembership } } };

export type RevokePeerMutationVariables = Exact<{
  peerId: string;
}>;


export type RevokePeerMutation = { outcome: { member: { peerId: string, name: string | null, membership: PeerMembership } } };

export type LibraryDetailsFragment = { id: string, name: string, peers: Array<string>, folders: Array<{ peerId: string, folder: string }> };

export type LibrariesQueryVariables = Exact<{ [key: string]: never; }>;


export type LibrariesQuery = { libraries: Array<{ id: string, name: string, peers: Array<string>, folders: Array<{ peerId: string, folder: string }> }> };

export type SaveLibraryMutationVariables = Exact<{
  input: SaveLibraryInput;
}>;


export type SaveLibraryMutation = { outcome: { library: { id: string, name: string, peers: Array<string>, folders: Array<{ peerId: string, folder: string }> } } };

export type DeleteLibraryMutationVariables = Exact<{
  id: string;
}>;


export type DeleteLibraryMutation = { outcome: { deleted: boolean } };

export const ME = "fragment ProfileDetails on Profile{id name picture isKid ratingLimit hasPin audioLanguages subtitleLanguages isChosen hours{from until timeZone}}query Me{me{id name login role profiles{...ProfileDetails}}}" as Operation<MeQuery, MeQueryVariables>;
export const CHOOSE_PROFILE = "fragment ProfileDetails on Profile{id name picture isKid ratingLimit hasPin audioLanguages subtitleLanguages isChosen hours{from until timeZone}}fragment ProfileOutcome on ProfilePayload{profile{...ProfileDetails}error{code message retryAfterSeconds}}mutation ChooseProfile($id:ID!$pin:String){outcome:chooseProfile(id:$id pin:$pin){...ProfileOutcome}}" as Operation<ChooseProfileMutation, ChooseProfileMutationVariables>;
export const CREATE_PROFILE = "fragment ProfileDetails on Profile{id name picture isKid ratingLimit hasPin audioLanguages subtitleLanguages isChosen hours{from until timeZone}}fragment ProfileOutcome on ProfilePayload{profile{...ProfileDetails}error{code message retryAfterSeconds}}mutation CreateProfile($input:ProfileInput!){outcome:createProfile(input:$input){...ProfileOutcome}}" as Operation<CreateProfileMutation, CreateProfileMutationVariables>;
export const UPDATE_PROFILE = "fragment ProfileDetails on Profile{id name picture isKid ratingLimit hasPin audioLanguages subtitleLanguages isChosen hours{from until timeZone}}fragment ProfileOutcome on ProfilePayload{profile{...ProfileDetails}error{code message retryAfterSeconds}}mutation UpdateProfile($id:ID!$input:ProfileInput!$pin:String){outcome:updateProfile(id:$id input:$input pin:$pin){...ProfileOutcome}}" as Operation<UpdateProfileMutation, UpdateProfileMutationVariables>;
export const DELETE_PROFILE = "fragment ProfileDetails on Profile{id name picture isKid ratingLimit hasPin audioLanguages subtitleLanguages isChosen hours{from until timeZone}}fragment ProfileOutcome on ProfilePayload{profile{...ProfileDetails}error{code message retryAfterSeconds}}mutation DeleteProfile($id:ID!$pin:String){outcome:deleteProfile(id:$id pin:$pin){...ProfileOutcome}}" as Operation<DeleteProfileMutation, DeleteProfileMutationVariables>;
export const DEVICES = "query Devices{me{id devices{id name lastSeenAt isThis}}}" as Operation<DevicesQuery, DevicesQueryVariables>;
export const REVOKE_DEVICE = "mutation RevokeDevice($id:ID!){revokeDevice(id:$id){id devices{id name lastSeenAt isThis}}}" as Operation<RevokeDeviceMutation, RevokeDeviceMutationVariables>;
export const SIGN_OUT_EVERYWHERE = "mutation SignOutEverywhere{signOutEverywhere{id}}" as Operation<SignOutEverywhereMutation, SignOutEverywhereMutationVariables>;
export const INVITATIONS = "fragment InvitationDetails on AccountInvitation{id role plan libraries note state expiresAt account{id name}}query Invitations($first:Int!$after:String){page:accountInvitations(first:$first after:$after){edges{node{...InvitationDetails}}pageInfo{hasNextPage endCursor}}}" as Operation<InvitationsQuery, InvitationsQueryVariables>;
export const INVITE = "fragment InvitationDetails on AccountInvitation{id role plan libraries note state expiresAt account{id name}}mutation Invite($input:AccountInvitationInput!){outcome:createAccountInvitation(input:$input){invitation{...InvitationDetails}link error{message}}}" as Operation<InviteMutation, InviteMutationVariables>;
export const REVOKE_INVITATION = "fragment InvitationDetails on AccountInvitation{id role plan libraries note state expiresAt account{id name}}mutation RevokeInvitation($id:ID!){outcome:revokeAccountInvitation(id:$id){invitation{...InvitationDetails}link error{message}}}" as Operation<RevokeInvitationMutation, RevokeInvitationMutationVariables>;
export const PEOPLE = "fragment PersonDetails on Account{id name login role state plan libraries}query People($first:Int!$after:String){page:accounts(first:$first after:$after){edges{node{...PersonDetails}}pageInfo{hasNextPage endCursor}}}" as Operation<PeopleQuery, PeopleQueryVariables>;
export const UPDATE_PERSON = "fragment PersonDetails on Account{id name login role state plan libraries}mutation UpdatePerson($id:ID!$input:AccountUpdateInput!){outcome:updateAccount(id:$id input:$input){account{...PersonDetails}error{message}}}" as Operation<UpdatePersonMutation, UpdatePersonMutationVariables>;
export const PEERS_OF_HOUSE = "query PeersOfHouse($first:Int!$after:String){page:peerMembers(first:$first after:$after){edges{node{peerId name membership}}pageInfo{hasNextPage endCursor}}}" as Operation<PeersOfHouseQuery, PeersOfHouseQueryVariables>;
export const CONNECTED_PEERS = "query ConnectedPeers($first:Int!$after:String){page:peers(first:$first after:$after){edges{node{peerId:id name}}pageInfo{hasNextPage endCursor}}}" as Operation<ConnectedPeersQuery, ConnectedPeersQueryVariables>;
export const INVITE_PEER = "mutation InvitePeer($input:CreatePeerInvitationInput!){outcome:createPeerInvitation(input:$input){link}}" as Operation<InvitePeerMutation, InvitePeerMutationVariables>;
export const APPROVE_PEER = "mutation ApprovePeer($peerId:ID!){outcome:approvePeer(peerId:$peerId){member{peerId name membership}}}" as Operation<ApprovePeerMutation, ApprovePeerMutationVariables>;
export const REVOKE_PEER = "mutation RevokePeer($peerId:ID!){outcome:revokePeer(peerId:$peerId){member{peerId name membership}}}" as Operation<RevokePeerMutation, RevokePeerMutationVariables>;
export const LIBRARIES = "fragment LibraryDetails on Library{id name peers folders{peerId folder}}query Libraries{libraries{...LibraryDetails}}" as Operation<LibrariesQuery, LibrariesQueryVariables>;
export const SAVE_LIBRARY = "fragment LibraryDetails on Library{id name peers folders{peerId folder}}mutation SaveLibrary($input:SaveLibraryInput!){outcome:saveLibrary(input:$input){library{...LibraryDetails}}}" as Operation<SaveLibraryMutation, SaveLibraryMutationVariables>;
export const DELETE_LIBRARY = "mutation DeleteLibrary($id:ID!){outcome:deleteLibrary(id:$id){deleted}}" as Operation<DeleteLibraryMutation, DeleteLibraryMutationVariables>;