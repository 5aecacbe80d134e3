import { serviceTokenHeader } from '@giggityflix/http';
import { clientError } from '../errors.ts';
import type { SubgraphOperation } from './operation.ts';
import type { ShownErrors } from './shown-errors.ts';
import { createSupervisor, type Supervisor, type UpstreamSink, type UpstreamTimings } from './supervisor.ts';

export type { UpstreamEvent, UpstreamSink } from './supervisor.ts';

/** Subscriptions at the subgraphs of one graph, over graphql-ws connections shared by identity. */
export interface Upstreams {
  /** Subscribes until the returned function is called. Once established, it is restored without end. */
  subscribe(
    fetch: SubgraphOperation,
    variables: Record<string, unknown>,
    authorization: string | undefined,
    sink: UpstreamSink,
  ): () => void;
  close(): Promise<void>;
}

const TIMINGS: UpstreamTimings = {
  handshakeMs: 10_000,
  ackMs: 10_000,
  quietMs: 10_000,
  pongMs: 10_000,
  // Events of a restarted subgraph must arrive again within seconds.
  retry: {
    maxRetries: Number.POSITIVE_INFINITY,
    initialDelayMs: 50,
    maxDelayMs: 1_000,
    jitterFactor: 0.5,
  },
  firstAttempts: 6,
  stableMs: 10_000,
  idleMs: 3_000,
};

export function createUpstreams(
  addresses: readonly { name: string; url: string }[],
  serviceToken: string | null,
  shownErrors: ShownErrors,
  timings: UpstreamTimings = TIMINGS,
): Upstreams {
  const headers = serviceTokenHeader(serviceToken);
  const urls = new Map(addresses.map(({ name, url }) => [name, url.replace(/^http/, 'ws')]));
  const supervisors = new Map<string, Supervisor>();
  return {
    subscribe({ subgraph, query, operationName, lossless }, variables, authorization, sink) {
      const url = urls.get(subgraph);
      if (!url) {
        let left = false;
        const unknown = clientError('SUBGRAPH_UNAVAILABLE', `the ${subgraph} subgraph is not known`);
        queueMicrotask(() => left || sink.failed([unknown]));
        return () => {
          left = true;
        };
      }
      const key = `${subgraph}\n${lossless}\n${authorization ?? ''}`;
      let supervisor = supervisors.get(key);
      if (!supervisor) {
        const onIdle = () => supervisors.delete(key);
        supervisor = createSupervisor({
          subgraph,
          url,
          headers,
          authorization,
          lossless,
          shownErrors,
          timings,
          onIdle,
        });
        supervisors.set(key, supervisor);
      }
      return supervisor.subscribe({ query, operationName, variables }, sink);
    },
    async close() {
      const all = [...supervisors.values()];
      supervisors.clear();
      for (const supervisor of all) supervisor.close();
    },
  };
}
