import type { DeviceCode, PendingSignIn, Provider } from './provider.ts';
import { readSettings, type SignInSettings } from './settings.ts';
import { alone, onTokensWritten, readTokens, type Tokens, watcherOf, writeTokens } from './tokens.ts';

/** An access token is refreshed so long before its end, in milliseconds: a request takes a while, and clocks differ. */
const EARLY_MS = 30_000;
const PENDING = 'giggityflix-sign-in';

/** Who watches, for as long as the page is open. */
export interface Session {
  /** Whether people sign in here at all. */
  readonly isOffered: boolean;
  /** Whether the installation knows profiles, devices and invitations. */
  readonly hasPeople: boolean;
  /** Where one changes how one signs in. */
  readonly accountUrl: string | null;
  isSignedIn(): boolean;
  /** The access token to send; undefined for someone who is not signed in. */
  bearer(): Promise<string | undefined>;
  /** Leads to the provider's page, and back to `route`. */
  begin(route: string): Promise<void>;
  /**
   * Takes up a sign-in that the provider leads back from, and removes its traces from the address.
   *
   * @returns the route to go on at; null when this visit does not come from there
   * @throws when the sign-in was refused or is not one of this page
   */
  returned(): Promise<string | null>;
  /** For devices on which nobody likes to type; null where the provider has no such codes. */
  deviceCode(): Promise<DeviceCode | null>;
  /** Keeps the tokens that a device code led to. */
  enter(tokens: Tokens): Promise<void>;
  /** Ends the session here and at the provider. */
  signOut(): Promise<void>;
  /**
   * Replaces a token that the API refuses although it holds, by a refresh; resolves to whether there is another one.
   * @throws when the provider does not answer
   */
  replace(accessToken: string): Promise<boolean>;
  /** Gets a token that says what has changed of who watches, such as the profile. */
  renew(): Promise<void>;
  /** Forgets tokens that the API does not accept. */
  refused(): Promise<void>;
  /** The profile chosen on this device; null where there are none. */
  profileId(): string | null;
  /** Calls back when someone has signed in or out or another profile watches, on this page or another of this browser. */
  onChange(listener: () => void): void;
  /** Calls back when more or less may be seen than before. */
  onLimitsChanged(listener: () => void): void;
}

const redirectUri = new URL('/', location.href).href;

async function createSession(settings: SignInSettings | null): Promise<Session> {
  const listeners = { change: new Set<() => void>(), limits: new Set<() => void>() };
  const first = settings && (await readTokens());
  let signedIn = first !== null;
  let watcher = watcherOf(first);
  let isLeaving = false;
  const become = (tokens: Tokens | null) => {
    if (isLeaving) return;
    const before = { signedIn, ...watcher };
    signedIn = tokens !== null;
    watcher = watcherOf(tokens);
    // Most tokens that were refreshed change nothing for who watches.
    if (before.signedIn !== signedIn || before.profileId !== watcher.profileId)
      for (const listener of listeners.change) listener();
    else if (before.limits !== watcher.limits) for (const listener of listeners.limits) listener();
  };
  let discovered: Promise<Provider> | undefined;
  /** Loaded with its first use: most visits have a token that holds. */
  const provider = (): Promise<Provider> => {
    if (!settings) throw new Error('nobody signs in here');
    discovered ??= import('./provider.ts')
      .then(({ discover }) => discover(settings, redirectUri))
      .catch((error: unknown) => {
        discovered = undefined;
        throw error;
      });
    return discovered;
  };
  const isFresh = (tokens: Tokens) => tokens.expiresAt - EARLY_MS > Date.now();
  const enter = async (tokens: Tokens | null) => {
    await writeTokens(tokens);
    become(tokens);
  };

  /** Refreshes the tokens unless `isGood` of those that are there: another page may have been quicker. */
  const refreshUnless = (isGood: (tokens: Tokens) => boolean): Promise<Tokens | null> =>
    alone(async () => {
      const tokens = await readTokens();
      if (!tokens || isGood(tokens)) return tokens;
      const { SignedOutError } = await import('./provider.ts');
      const refreshed = await (await provider()).refresh(tokens).catch((error: unknown) => {
        if (error instanceof SignedOutError) return null;
        throw error;
      });
      await enter(refreshed);
      return refreshed;
    });
  const refresh = (tokens: Tokens): Promise<Tokens | null> =>
    // Where the provider does not answer, what there is may hold for a while.
    refreshUnless(isFresh).catch(() => (tokens.expiresAt > Date.now() ? tokens : null));
  let refreshing: Promise<Tokens | null> | undefined;
  onTokensWritten(() => void readTokens().then(become));

  return {
    isOffered: settings !== null,
    hasPeople: settings?.people === true,
    accountUrl: settings && `${settings.issuer.replace(/\/$/, '')}/account`,
    isSignedIn: () => signedIn,
    async bearer() {
      if (!settings) return undefined;
      let tokens = await readTokens();
      if (tokens && !isFresh(tokens)) {
        refreshing ??= refresh(tokens).finally(() => {
          refreshing = undefined;
        });
        tokens = await refreshing;
      }
      return tokens?.accessToken;
    },
    async begin(route) {
      const { url, pending } = (await provider()).begin(route);
      sessionStorage.setItem(PENDING, JSON.stringify(pending));
      location.assign(url);
    },
    async returned() {
      const answer = new URL(location.href);
      if (!answer.searchParams.has('state')) return null;
      history.replaceState(null, '', '/');
      const kept = sessionStorage.getItem(PENDING);
      sessionStorage.removeItem(PENDING);
      // Whoever made this address, no page of this browser asked for it.
      if (!kept || !settings) return null;
      answer.hash = '';
      const pending = JSON.parse(kept) as PendingSignIn;
      await enter(await (await provider()).finish(answer, pending));
      return pending.route;
    },
    async deviceCode() {
      const { offersDeviceCodes, deviceCode } = await provider();
      return offersDeviceCodes ? deviceCode() : null;
    },
    enter,
    async signOut() {
      isLeaving = true;
      const tokens = await readTokens();
      // A provider that does not answer keeps nobody signed in here.
      const ended = tokens && provider().then(({ signOut }) => signOut(tokens));
      const next = await ended?.catch(() => null);
      await writeTokens(null);
      location.assign(next ?? '/');
    },
    async replace(accessToken) {
      const isOther = (tokens: Tokens) => tokens.accessToken !== accessToken;
      const tokens = await refreshUnless(isOther);
      return tokens !== null && isOther(tokens);
    },
    renew: async () => void (await refreshUnless(() => false)),
    refused: () => enter(null),
    profileId: () => watcher.profileId,
    onChange: (listener) => void listeners.change.add(listener),
    onLimitsChanged: (listener) => void listeners.limits.add(listener),
  };
}

/** The session of this page; settings are asked for once. */
export const session: Promise<Session> = readSettings().then(createSession);
