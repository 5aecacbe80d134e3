import type { Logger, RotationPolicy, Service } from '@giggityflix/kernel';
import type { DemotionStore } from '../demotions/demotions.ts';
import type { SessionStore, StoreTimes } from '../sessions/store.ts';
import type { NegotiationStore } from '../signalling/negotiations.ts';
import type { KeyStore } from '../tokens/keys.ts';

/** Everything that outlives a request. */
export interface State extends Service {
  readonly sessions: SessionStore;
  readonly negotiations: NegotiationStore;
  readonly demotions: DemotionStore;
  readonly keys: KeyStore;
}

export interface StateOptions {
  times: StoreTimes;
  rotation: RotationPolicy;
  /** Where the embedded state keeps its signing keys. */
  keyPath: string;
  logger: Logger;
}
