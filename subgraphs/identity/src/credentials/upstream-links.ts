/** That an account of another provider is one here. It is known by its issuer and subject alone: an e-mail address may change hands. */
export interface UpstreamLink {
  issuer: string;
  subject: string;
  accountId: string;
  /** How the other provider calls them, to show. */
  name: string;
  createdAt: Date;
  lastUsedAt: Date;
}

export interface UpstreamLinks {
  find(issuer: string, subject: string): Promise<UpstreamLink | null>;
  listOf(accountId: string): Promise<UpstreamLink[]>;
  /** False when it is linked already, with whomever. */
  add(link: Omit<UpstreamLink, 'lastUsedAt'>): Promise<boolean>;
  used(link: Pick<UpstreamLink, 'issuer' | 'subject' | 'name'>, at: Date): Promise<void>;
  /** False when the account has no such link, or nothing else to sign in with. */
  remove(accountId: string, link: Pick<UpstreamLink, 'issuer' | 'subject'>): Promise<boolean>;
}
