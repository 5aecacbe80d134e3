import { type Logger, notReady, READY, type Service } from '@giggityflix/kernel';
import { buildGraph, type Graph } from './graph.ts';
import { OriginError, type SupergraphOrigin } from './origin.ts';

export interface GraphStore extends Service {
  /** The graph that serves now; null until the first one composes. */
  current(): Graph | null;
  /** Called after a new graph serves, with the one it replaced. */
  onChange(listener: (graph: Graph, previous: Graph | null) => void): void;
  /** Reads the origin now; resolves to whether the graph changed. Rejects with the reason it could not be read. */
  reload(): Promise<boolean>;
}

/** Wait between attempts before there is any schema: services start side by side and take about a second. */
const STARTING_RETRY_MS = 100;
/** How long a missing schema is part of starting, in milliseconds: after that it is logged. */
const STARTING_MS = 5_000;

/**
 * Keeps the newest graph that composes. A failed read, a failed composition or a supergraph that cannot be built
 * leaves the graph before it serving. `start` does not wait for the subgraphs; readiness says whether they answered.
 */
export function createGraphStore(options: {
  origin: SupergraphOrigin;
  /** How often the origin is read again, in milliseconds; 0 never does. */
  pollMs: number;
  /** Whether labels of progressive overrides other than `percent(x)` are known to someone. */
  knowsLabels?: boolean;
  logger: Logger;
}): GraphStore {
  const { origin, pollMs, logger } = options;
  const listeners: ((graph: Graph, previous: Graph | null) => void)[] = [];
  let current: Graph | null = null;
  let problem = 'the supergraph is not composed yet';
  let logged = '';
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let reading: Promise<boolean> | null = null;

  const read = async (): Promise<boolean> => {
    const sdl = await origin.read();
    if (sdl === current?.sdl) return false;
    const previous = current;
    current = buildGraph(sdl);
    for (const listener of listeners) listener(current, previous);
    logger.info(
      { schema: current.id, subgraphs: current.subgraphs.map((subgraph) => subgraph.name) },
      previous ? 'serving a changed schema' : 'serving',
    );
    const labels = current.overrides?.custom ?? [];
    if (labels.length > 0 && !options.knowsLabels)
      logger.warn({ labels }, 'overrides with these labels are off: only percent(x) is known');
    return true;
  };
  const reload = () => {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
  const tick = async () => {
    try {
      await reload();
      logged = '';
    } catch (error) {
      const problems = error instanceof OriginError ? error.problems : [(error as Error).message];
      problem = problems.join('; ');
      // The same problem is logged once, and not at all while the subgraphs are still starting.
      if (problem !== logged && (current || performance.now() - startedAt > STARTING_MS)) {
        logged = problem;
        logger.error(
          { problems },
          current ? 'the schema in use stays: the new one fails' : 'there is no schema to serve',
        );
      }
    }
    if (stopped) return;
    const delay = current ? pollMs : STARTING_RETRY_MS;
    if (delay > 0) {
      timer = setTimeout(tick, delay);
      timer.unref();
    }
  };

  return {
    current: () => current,
    onChange: (listener) => void listeners.push(listener),
    reload,
    async start() {
      stopped = false;
      startedAt = performance.now();
      void tick();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
    },
    ready: () => (current ? READY : notReady(problem)),
  };
}
