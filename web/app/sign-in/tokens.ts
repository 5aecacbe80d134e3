import { createStore, get, set, update } from 'idb-keyval';

/** What the provider gave a person who signed in. */
export interface Tokens {
  accessToken: string;
  refreshToken: string | null;
  idToken: string | null;
  /** When the access token ends, in milliseconds since 1970. */
  expiresAt: number;
}

/** What an access token of ours says of who watches; nothing in those of other providers. */
export interface Watcher {
  /** The profile chosen on this device. */
  profileId: string | null;
  /** What may be seen, as a text that changes with it. */
  limits: string;
}

export function watcherOf(tokens: Tokens | null): Watcher {
  try {
    // A token may be opaque, and is then of another provider.
    const claims = JSON.parse(fromBase64url(tokens?.accessToken.split('.')[1] ?? ''));
    return {
      profileId: typeof claims.profile_id === 'string' ? claims.profile_id : null,
      limits: JSON.stringify([claims.libraries, claims.rating_limit]),
    };
  } catch {
    return { profileId: null, limits: '' };
  }
}

function fromBase64url(text: string): string {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}

interface Lease {
  holder: string;
  /** In milliseconds since 1970. */
  until: number;
}

const TOKENS = 'tokens';
const LEASE = 'lease';
/** A page that was closed while it held the lease keeps it no longer than this, in milliseconds. */
const LEASE_MS = 10_000;
const LOOK_MS = 50;

/**
 * Shared by the pages of this browser, so that one signs in for all. Not the local storage: what one page wrote there another
 * may not see at once, and would use a refresh token a second time.
 */
const store = createStore('giggityflix', 'sign-in');
const changes = new BroadcastChannel('giggityflix-sign-in');

export async function readTokens(): Promise<Tokens | null> {
  return (await get<Tokens>(TOKENS, store)) ?? null;
}

export async function writeTokens(tokens: Tokens | null): Promise<void> {
  await set(TOKENS, tokens, store);
  changes.postMessage(tokens !== null);
}

/** Calls back when another page of this browser wrote tokens, or none. */
export function onTokensWritten(listener: () => void): void {
  changes.addEventListener('message', listener);
}

/**
 * Runs `work` in one page of this browser at a time: a refresh token is used once, and a provider takes its second use for
 * theft (RFC 9700, section 4.14.2). A lease, as pages without a secure context have no lock manager.
 */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  const holder = `${Math.random()}`;
  while (!(await takeLease(holder))) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  try {
    return await work();
  } finally {
    await update<Lease>(LEASE, (lease) => (lease?.holder === holder ? FREE : (lease ?? FREE)), store);
  }
}

const FREE: Lease = { holder: '', until: 0 };

/** One transaction, so that of two pages one takes it. */
async function takeLease(holder: string): Promise<boolean> {
  let taken = false;
  await update<Lease>(
    LEASE,
    (lease = FREE) => {
      taken = lease.until <= Date.now();
      return taken ? { holder, until: Date.now() + LEASE_MS } : lease;
    },
    store,
  );
  return taken;
}
