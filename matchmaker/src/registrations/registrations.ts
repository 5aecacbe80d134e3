import type { Endpoint, Family } from '../endpoints/endpoint.ts';

/** A client that can be reached: where its datagrams come from, and until when that is assumed. */
export interface Registration extends Endpoint {
  peerId: string | null;
  /** Its endpoint in its own network, if it sent one. */
  local: Endpoint | null;
  /** Whether it has shown lately that it receives what is sent to its address: one to two lifetimes of a registration ago. */
  proven: boolean;
  /** Whether a token vouched for the peer id. */
  vouched: boolean;
  /** The instance it talks to, whose datagrams its NAT lets in. */
  instance: string;
}

/** Lets the embedded adapter answer at once: a promise for each datagram would cost as much as all other work. */
export type MaybePromise<T> = T | Promise<T>;

export type PutOutcome =
  | 'registered'
  /** There is no room, in all or for this address. */
  | 'full'
  /** The peer id, or the endpoint, is held by one with more proof: a token, or that it receives. */
  | 'taken';

/**
 * Who is registered. A registration lives {@link RegistrationsConfig.ttlMs} from its last `put`; a newer one of
 * the same peer id replaces an older one, so that a peer whose NAT gave it another address is found there.
 */
export interface Registrations {
  put(registration: Omit<Registration, 'instance'>): MaybePromise<PutOutcome>;
  /** The registration of an endpoint. */
  at(endpoint: Endpoint): MaybePromise<Registration | null>;
  byId(peerId: string, family: Family): MaybePromise<Registration | null>;
  /** Those at an address, except one port: two at most, which shows that it is ambiguous. */
  byAddress(address: string, exceptPort: number): MaybePromise<Registration[]>;
  /**
   * Ties a token to the first address that shows it.
   * Resolves false for another address: the token was captured and is being replayed.
   */
  claimToken(digest: string, address: string, untilMs: number): MaybePromise<boolean>;
  /** Sends a message to a registration through the instance it talks to. */
  relay(registration: Registration, message: string): Promise<void>;
  /** Called with what other instances relay to clients of this one. */
  onRelay(handler: (to: Registration, message: string) => void): void;
  /** Whether registrations at other instances cannot be found. */
  readonly alone: boolean;
  /** This instance. */
  readonly instance: string;
  /** Registrations of this instance. */
  size(): number;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Rejects with the reason when the store cannot be reached now. */
  check(): Promise<void>;
}

export interface RegistrationsConfig {
  ttlMs: number;
  /** Most registrations of one instance. */
  max: number;
  /** Most at one address, which may be a carrier's NAT. */
  maxPerAddress: number;
}

/** How often registrations and tokens that ended are removed. */
export const SWEEP_INTERVAL_MS = 1_000;
