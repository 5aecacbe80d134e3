import { GraphQLRequestError } from '@giggityflix/player';
import { request } from '../graphql.ts';
import { setWatcher } from '../player/watcher.ts';
import { ME, type Me, type Profile } from './operations.ts';

/** Who is signed in, and which profile watches. */
export interface Who {
  me: Me;
  /** Null while none is chosen on this device. */
  profile: Profile | null;
  /** Whether profiles, devices and the like are for who watches. */
  mayManage: boolean;
  /** Whether the installation is, too. */
  mayOperate: boolean;
}

let asked: Promise<Who | null> | undefined;

/** Null where the installation has nothing to say of people. Asked once; {@link forgetWho} after a change. */
export function who(): Promise<Who | null> {
  asked ??= ask().catch((error: unknown) => {
    asked = undefined;
    throw error;
  });
  return asked;
}

export function forgetWho(): void {
  asked = undefined;
}

async function ask(): Promise<Who | null> {
  try {
    const { me } = await request(ME);
    const profile = me.profiles.find(({ isChosen }) => isChosen) ?? null;
    const mayManage = profile !== null && !profile.isKid;
    // What was seen before there were several is everyone's.
    const isOneOfSeveral = me.profiles.length > 1;
    setWatcher({
      profileId: isOneOfSeveral ? (profile?.id ?? null) : null,
      audioLanguages: profile?.audioLanguages ?? [],
      subtitleLanguages: profile?.subtitleLanguages ?? [],
    });
    return { me, profile, mayManage, mayOperate: mayManage && me.role !== 'MEMBER' };
  } catch (error) {
    // Films are watched without it as well.
    if (error instanceof GraphQLRequestError && error.code !== 'UNAUTHENTICATED') return null;
    throw error;
  }
}
