import { createStore, get, set, update } from 'idb-keyval';

/** What the provider gave a person who signed in. */
export interface Tokens {
  accessToken: string;
  refreshToken: string | null;
  idToken: string | null;
  /** When the access token ends, in milliseconds since 1970. */
  expiresAt: number;
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
export function onTokensWritten(listener: (areThere: boolean) => void): void {
  changes.addEventListener('message', ({ data }) => listener(data === true));
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
