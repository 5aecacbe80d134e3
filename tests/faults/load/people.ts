import type { Cluster } from '../../../stack/src/cluster/index.ts';

/** Accounts that watch, each with an access token. */
export interface People {
  readonly users: readonly string[];
  tokenOf(user: string): string;
  profileOf(user: string): string;
}

const USERS = ['vera', 'otto'];

export async function createPeople(cluster: Cluster): Promise<People> {
  const tokens = new Map<string, string>();
  for (const user of USERS) tokens.set(user, await cluster.token(user, ['viewer']));
  return {
    users: USERS,
    tokenOf: (user) => tokens.get(user) as string,
    profileOf: (user) => user,
  };
}
