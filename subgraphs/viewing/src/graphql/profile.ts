/** A profile by its id; the identity service, where there is one, resolves its other fields. */
export interface ProfileReference {
  __typename: 'Profile';
  id: string;
}

export function profile(id: string): ProfileReference {
  return { __typename: 'Profile', id };
}
