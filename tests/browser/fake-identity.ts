import { randomUUID } from 'node:crypto';

export interface FakeProfile {
  id: string;
  name: string;
  picture: string | null;
  isKid: boolean;
  ratingLimit: number | null;
  hours: { from: string; until: string; timeZone: string } | null;
  pin: string | null;
  audioLanguages: string[];
  subtitleLanguages: string[];
}

/** The people of a fake gateway: one account with its profiles and devices, as GraphQL has them. */
export function createFakeIdentity(role: 'OWNER' | 'MEMBER' = 'OWNER') {
  const profiles: FakeProfile[] = [];
  let chosen: string | null = null;
  let wrongPins = 0;
  const devices = [
    { id: 'device-1', name: 'Chromium on Linux', isThis: true },
    { id: 'device-2', name: 'TV in the living room', isThis: false },
  ];
  const add = (given: Partial<FakeProfile> & { name: string }): FakeProfile => {
    const profile = {
      id: randomUUID(),
      picture: null,
      isKid: false,
      ratingLimit: null,
      hours: null,
      pin: null,
      audioLanguages: [],
      subtitleLanguages: [],
      ...given,
    };
    profiles.push(profile);
    return profile;
  };
  const view = (profile: FakeProfile) => ({
    ...profile,
    hasPin: profile.pin !== null,
    isChosen: profile.id === chosen,
  });
  const now = new Date().toISOString();
  const me = () => ({
    id: 'account-1',
    name: 'Anna',
    login: 'anna@example.org',
    role,
    state: 'ACTIVE',
    plan: null,
    libraries: null,
    createdAt: now,
    profiles: profiles.map(view),
    devices: devices.map((device) => ({ ...device, clientId: 'page', createdAt: now, lastSeenAt: now })),
  });
  const refused = (code: string, retryAfterSeconds: number | null = null) => ({
    profile: null,
    error: { code, message: `refused: ${code}`, retryAfterSeconds },
  });
  /** Does something with a profile whose PIN is given. */
  const withPin = (given: { id: string; pin?: string | null }, work: (profile: FakeProfile) => void) => {
    const profile = profiles.find(({ id }) => id === given.id);
    if (!profile) return refused('NOT_FOUND');
    if (profile.pin !== null && profile.pin !== given.pin) {
      if (given.pin == null) return refused('WRONG_PIN');
      wrongPins += 1;
      return wrongPins > 2 ? refused('LOCKED', 30) : refused('WRONG_PIN');
    }
    work(profile);
    return { profile: view(profile), error: null };
  };
  type Input = Partial<FakeProfile> & { name: string };
  return {
    add,
    profiles,
    choose(profile: FakeProfile) {
      chosen = profile.id;
    },
    /** What tokens say of who watches. */
    claims: () => (chosen === null ? {} : { profile_id: chosen }),
    root: {
      me,
      createProfile: ({ input }: { input: Input }) => ({ profile: view(add(input)), error: null }),
      updateProfile: ({ input, ...given }: { id: string; pin?: string | null; input: Input }) =>
        withPin(given, (profile) => Object.assign(profile, input)),
      deleteProfile: (given: { id: string; pin?: string | null }) =>
        profiles.length === 1
          ? refused('LAST_PROFILE')
          : withPin(given, (profile) => void profiles.splice(profiles.indexOf(profile), 1)),
      chooseProfile: (given: { id: string; pin?: string | null }) =>
        withPin(given, (profile) => {
          chosen = profile.id;
        }),
      revokeDevice({ id }: { id: string }) {
        devices.splice(
          devices.findIndex((device) => device.id === id),
          1,
        );
        return me();
      },
      signOutEverywhere: me,
    },
  };
}
