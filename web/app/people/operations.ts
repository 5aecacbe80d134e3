/** What the page asks about people, where the installation has an identity service of ours. */

export interface WatchHours {
  from: string;
  until: string;
  timeZone: string;
}

export interface Profile {
  id: string;
  name: string;
  picture: string | null;
  isKid: boolean;
  ratingLimit: number | null;
  hours: WatchHours | null;
  hasPin: boolean;
  audioLanguages: string[];
  subtitleLanguages: string[];
  isChosen: boolean;
}

export interface Me {
  id: string;
  name: string;
  login: string;
  role: 'OWNER' | 'MEMBER' | 'OPERATOR';
  profiles: Profile[];
}

const PROFILE = /* GraphQL */ `
  fragment ProfileDetails on Profile {
    id name picture isKid ratingLimit hasPin audioLanguages subtitleLanguages isChosen
    hours { from until timeZone }
  }`;

const PROFILE_PAYLOAD = /* GraphQL */ `
  fragment ProfileOutcome on ProfilePayload {
    profile { ...ProfileDetails }
    error { code message retryAfterSeconds }
  }
  ${PROFILE}`;

export const ME = /* GraphQL */ `
  query Me {
    me { id name login role profiles { ...ProfileDetails } }
  }
  ${PROFILE}`;
export interface MeResult {
  me: Me;
}

/** What comes of a change to a profile. */
export interface ProfileOutcome {
  profile: Profile | null;
  error: { code: string; message: string; retryAfterSeconds: number | null } | null;
}

export const CHOOSE_PROFILE = /* GraphQL */ `
  mutation ChooseProfile($id: ID!, $pin: String) {
    outcome: chooseProfile(id: $id, pin: $pin) { ...ProfileOutcome }
  }
  ${PROFILE_PAYLOAD}`;

export const CREATE_PROFILE = /* GraphQL */ `
  mutation CreateProfile($input: ProfileInput!) {
    outcome: createProfile(input: $input) { ...ProfileOutcome }
  }
  ${PROFILE_PAYLOAD}`;

export const UPDATE_PROFILE = /* GraphQL */ `
  mutation UpdateProfile($id: ID!, $input: ProfileInput!, $pin: String) {
    outcome: updateProfile(id: $id, input: $input, pin: $pin) { ...ProfileOutcome }
  }
  ${PROFILE_PAYLOAD}`;

export const DELETE_PROFILE = /* GraphQL */ `
  mutation DeleteProfile($id: ID!, $pin: String) {
    outcome: deleteProfile(id: $id, pin: $pin) { ...ProfileOutcome }
  }
  ${PROFILE_PAYLOAD}`;

/** What a profile is made of. A PIN of null is removed, and one that is left out stays. */
export interface ProfileInput {
  name: string;
  picture: string | null;
  isKid: boolean;
  ratingLimit: number | null;
  hours: WatchHours | null;
  pin?: string | null;
  audioLanguages: string[];
  subtitleLanguages: string[];
}

export interface Device {
  id: string;
  name: string;
  lastSeenAt: string;
  isThis: boolean;
}

export const DEVICES = /* GraphQL */ `
  query Devices {
    me { id devices { id name lastSeenAt isThis } }
  }`;
export interface DevicesResult {
  me: { devices: Device[] };
}

export const REVOKE_DEVICE = /* GraphQL */ `
  mutation RevokeDevice($id: ID!) {
    revokeDevice(id: $id) { id devices { id name lastSeenAt isThis } }
  }`;

export const SIGN_OUT_EVERYWHERE = /* GraphQL */ `
  mutation SignOutEverywhere {
    signOutEverywhere { id }
  }`;

export type Role = Me['role'];
export type AccountState = 'ACTIVE' | 'LIMITED' | 'CLOSED';

export interface Invitation {
  id: string;
  role: Role;
  plan: string | null;
  libraries: string[] | null;
  note: string;
  state: 'OPEN' | 'USED' | 'EXPIRED' | 'REVOKED';
  expiresAt: string;
  account: { name: string } | null;
}

const INVITATION = /* GraphQL */ `
  fragment InvitationDetails on AccountInvitation {
    id role plan libraries note state expiresAt account { id name }
  }`;

export const INVITATIONS = /* GraphQL */ `
  query Invitations($first: Int!, $after: String) {
    page: accountInvitations(first: $first, after: $after) {
      edges { node { ...InvitationDetails } }
      pageInfo { hasNextPage endCursor }
    }
  }
  ${INVITATION}`;

export const INVITE = /* GraphQL */ `
  mutation Invite($input: AccountInvitationInput!) {
    outcome: createAccountInvitation(input: $input) {
      invitation { ...InvitationDetails }
      link
      error { message }
    }
  }
  ${INVITATION}`;
export interface InvitationOutcome {
  outcome: { invitation: Invitation | null; link: string | null; error: { message: string } | null };
}

export const REVOKE_INVITATION = /* GraphQL */ `
  mutation RevokeInvitation($id: ID!) {
    outcome: revokeAccountInvitation(id: $id) {
      invitation { ...InvitationDetails }
      link
      error { message }
    }
  }
  ${INVITATION}`;

export interface Person {
  id: string;
  name: string;
  login: string;
  role: Role;
  state: AccountState;
  plan: string | null;
  libraries: string[] | null;
}

const PERSON = /* GraphQL */ `
  fragment PersonDetails on Account {
    id name login role state plan libraries
  }`;

export const PEOPLE = /* GraphQL */ `
  query People($first: Int!, $after: String) {
    page: accounts(first: $first, after: $after) {
      edges { node { ...PersonDetails } }
      pageInfo { hasNextPage endCursor }
    }
  }
  ${PERSON}`;

export const UPDATE_PERSON = /* GraphQL */ `
  mutation UpdatePerson($id: ID!, $input: AccountUpdateInput!) {
    outcome: updateAccount(id: $id, input: $input) {
      account { ...PersonDetails }
      error { message }
    }
  }
  ${PERSON}`;
export interface PersonOutcome {
  outcome: { account: Person | null; error: { message: string } | null };
}

/** A part of a list, and whether there is more. */
export interface PageOf<T> {
  page: { edges: { node: T }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}

export interface PeerMember {
  peerId: string;
  name: string | null;
  membership: 'PENDING' | 'APPROVED' | 'REVOKED';
}

export const PEERS = /* GraphQL */ `
  query PeersOfHouse($first: Int!, $after: String) {
    page: peerMembers(first: $first, after: $after) {
      edges { node { peerId name membership } }
      pageInfo { hasNextPage endCursor }
    }
  }`;

export const CONNECTED_PEERS = /* GraphQL */ `
  query ConnectedPeers($first: Int!, $after: String) {
    page: peers(first: $first, after: $after) {
      edges { node { peerId: id name } }
      pageInfo { hasNextPage endCursor }
    }
  }`;

export const INVITE_PEER = /* GraphQL */ `
  mutation InvitePeer($input: CreatePeerInvitationInput!) {
    outcome: createPeerInvitation(input: $input) { link }
  }`;
export interface PeerInvited {
  outcome: { link: string };
}

export const APPROVE_PEER = /* GraphQL */ `
  mutation ApprovePeer($peerId: ID!) {
    outcome: approvePeer(peerId: $peerId) { member { peerId name membership } }
  }`;

export const REVOKE_PEER = /* GraphQL */ `
  mutation RevokePeer($peerId: ID!) {
    outcome: revokePeer(peerId: $peerId) { member { peerId name membership } }
  }`;
export interface PeerOutcome {
  outcome: { member: PeerMember };
}
