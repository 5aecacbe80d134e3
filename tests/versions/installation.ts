import { join } from 'node:path';
import { freePorts, type NodeProcess, runScript } from '@giggityflix/testing';

/** Processes of two versions on one bus and one database. */
export interface Installation {
  start(root: string, service: 'edge' | 'peer'): Promise<Running>;
  start(root: string, service: 'tracker' | 'catalog'): Promise<RunningSubgraph>;
  /** What all of them wrote, the ends. */
  output(): string;
  stop(): Promise<void>;
}

export interface Running {
  process: NodeProcess;
  /** Whether it answers `/ready` with 200. */
  isReady(): Promise<boolean>;
}

export interface RunningSubgraph extends Running {
  ask(query: string): Promise<Record<string, unknown>>;
}

const SCRIPTS = {
  edge: 'edge/src/main.ts',
  peer: 'peer/src/main.ts',
  tracker: 'subgraphs/tracker/src/main.ts',
  catalog: 'subgraphs/catalog/src/main.ts',
};

export async function createInstallation(
  directory: string,
  mediaDir: string,
  databaseUrl = `file:${join(directory, 'catalog.db')}`,
): Promise<Installation> {
  const [grpc] = (await freePorts(1)) as [number];
  const processes: NodeProcess[] = [];
  const common = {
    HOME: directory,
    HOST: '127.0.0.1',
    HTTP_HOST: '127.0.0.1',
    AUTH_MODE: 'demo',
    BUS: 'embedded',
    BUS_PATH: join(directory, 'bus.db'),
    STATE: 'embedded',
    DATABASE_URL: databaseUrl,
  };
  const environments: Record<keyof typeof SCRIPTS, Record<string, string>> = {
    edge: {
      STATE_PATH: join(directory, 'edge.db'),
      GRPC_SERVER_ADDRESS: `127.0.0.1:${grpc}`,
      GRPC_USE_TLS: 'false',
      DRAIN_TIMEOUT_SEC: '0',
      // Nobody watches here.
      PLAYBACK_JWKS_URL: `http://127.0.0.1:${grpc}/.well-known/jwks.json`,
    },
    peer: {
      DATA_DIR: join(directory, 'peer'),
      MEDIA_DIRS: mediaDir,
      EDGE_GRPC_ADDRESS: `127.0.0.1:${grpc}`,
      GRPC_USE_TLS: 'false',
      GRPC_RECONNECT_INTERVAL_SEC: '1',
      ENABLE_UPNP: 'false',
    },
    tracker: { STATE_PATH: join(directory, 'tracker.db') },
    catalog: {},
  };

  const start = async (root: string, service: keyof typeof SCRIPTS): Promise<RunningSubgraph> => {
    const [port] = (await freePorts(1)) as [number];
    const origin = `http://127.0.0.1:${port}`;
    const process = runScript(
      SCRIPTS[service],
      { ...common, ...environments[service], PORT: String(port), HTTP_PORT: String(port) },
      [],
      root,
    );
    processes.push(process);
    return {
      process,
      isReady: () =>
        fetch(`${origin}/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      async ask(query) {
        const response = await fetch(`${origin}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
        const { data, errors } = (await response.json()) as {
          data?: Record<string, unknown>;
          errors?: unknown;
        };
        if (!data || errors) throw new Error(JSON.stringify(errors));
        return data;
      },
    };
  };

  return {
    start: start as Installation['start'],
    output: () => processes.map((each) => each.output().slice(-3_000)).join('\n'),
    async stop() {
      await Promise.all(processes.map((each) => each.end()));
    },
  };
}
