/** What the page asks about people, where the installation has an identity service of ours, and about their libraries. */
import type {
  AccountRole,
  DevicesQuery,
  InvitationDetailsFragment,
  LibraryDetailsFragment,
  MeQuery,
  PeersOfHouseQuery,
  PersonDetailsFragment,
  ProfileDetailsFragment,
  ProfileOutcomeFragment,
} from './generated/operations.ts';

export * from './generated/operations.ts';

export type Profile = ProfileDetailsFragment;
/** What comes of a change to a profile. */
export type ProfileOutcome = ProfileOutcomeFragment;
export type Me = MeQuery['me'];
export type Role = AccountRole;
export type Device = DevicesQuery['me']['devices'][number];
export type Invitation = InvitationDetailsFragment;
export type Person = PersonDetailsFragment;
/** A part of the catalog, by whose the files are: what an account may be limited to. */
export type Library = LibraryDetailsFragment;
export type PeerMember = PeersOfHouseQuery['page']['edges'][number]['node'];
