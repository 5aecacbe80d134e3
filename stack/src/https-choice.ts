/** What the supervisor chose from its arguments, for the processes it starts. */
export const HTTPS_VARIABLE = 'STACK_HTTPS_CHOICE';

/** Where the certificate comes from that HTTPS is served with. */
export type Https =
  | { kind: 'files'; certPath: string; keyPath: string }
  /** An own authority, for a local network. */
  | { kind: 'home' }
  /** A public authority, for a name of the internet. */
  | { kind: 'domain'; domain: string };
