/** Where people of this installation sign in, as the gateway states it in `/sign-in.json`. */
export interface SignInSettings {
  /** An OpenID provider, found by discovery (OpenID Connect Discovery 1.0). */
  issuer: string;
  clientId: string;
  scope: string;
  /** The API that access tokens are for (RFC 8707), where the provider has to be asked for it. */
  resource: string | null;
  /** Whether the installation knows profiles, devices and invitations. */
  people?: boolean;
}

/** Null where nobody signs in: at home on this machine, or with an API that other pages use. */
export async function readSettings(): Promise<SignInSettings | null> {
  try {
    const response = await fetch('/sign-in.json');
    if (!response.ok) return null;
    return ((await response.json()) as { signIn: SignInSettings | null }).signIn;
  } catch {
    // Without the server the page has nothing to show either, and says so.
    return null;
  }
}
