import { join } from 'node:path';
import { freePorts, spawnGuarded, untilServing } from '@giggityflix/testing/processes';

export interface LoopInstallation {
  gatewayUrl: string;
  grpcPort: number;
  /** What the processes wrote, the ends. */
  output(): string;
  stop(): Promise<void>;
}

/** How long the processes may take to start together. */
const START_MS = 60_000;
const ROOT = join(import.meta.dirname, '../..');

/** What the loop goes through, each a process of its own; on Kafka where `bootstrapServers` is given. */
export async function startLoop(
  directory: string,
  bootstrapServers: string | null,
): Promise<LoopInstallation> {
  const [gateway, catalog, tracker, viewing, grpc, edge] = (await freePorts(6)) as [
    ...[number, number, number],
    ...[number, number, number],
  ];
  const url = (port: number) => `http://127.0.0.1:${port}`;
  const common = {
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    AUTH_MODE: 'demo',
    STATE: 'embedded',
    ...(bootstrapServers
      ? { BUS: 'kafka', KAFKA_BOOTSTRAP_SERVERS: bootstrapServers, KAFKA_TOPIC_PARTITIONS: '4' }
      : { BUS: 'embedded', BUS_PATH: join(directory, 'bus.db') }),
  };
  const path = (name: string) => join(directory, `${name}.db`);
  const services = [
    {
      script: 'subgraphs/catalog/src/main.ts',
      port: catalog,
      env: { PORT: String(catalog), DATABASE_URL: `file:${path('catalog')}` },
    },
    {
      script: 'subgraphs/tracker/src/main.ts',
      port: tracker,
      env: { PORT: String(tracker), STATE_PATH: path('tracker') },
    },
    {
      script: 'subgraphs/viewing/src/main.ts',
      port: viewing,
      env: {
        SERVER_PORT: String(viewing),
        STATE_PATH: path('viewing'),
        DATABASE_URL: `file:${path('playback')}`,
        CONTENT_SERVICE_URL: url(catalog),
        TRACKER_SERVICE_URL: url(tracker),
      },
    },
    {
      script: 'gateway/src/main.ts',
      port: gateway,
      env: {
        PORT: String(gateway),
        SUBGRAPHS: Object.entries({ catalog, tracker, viewing })
          .map(([name, port]) => `${name}=${url(port)}/graphql`)
          .join(','),
      },
    },
    {
      script: 'edge/src/main.ts',
      port: edge,
      env: {
        STATE_PATH: path('edge'),
        GRPC_SERVER_ADDRESS: `127.0.0.1:${grpc}`,
        GRPC_USE_TLS: 'false',
        HTTP_PORT: String(edge),
        PLAYBACK_JWKS_URL: `${url(viewing)}/.well-known/jwks.json`,
      },
    },
  ];
  const processes = services.map(({ script, env }) =>
    spawnGuarded(process.execPath, [script], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...common, ...env },
    }),
  );
  const output = () => processes.map((each) => each.output().slice(-1_000)).join('\n');
  const stop = async () => {
    await Promise.all(processes.map((each) => each.stop()));
  };
  try {
    await Promise.all(
      services.map(({ script, port }, index) =>
        untilServing(
          script,
          processes[index]!,
          async () => {
            const { ok, status } = await fetch(`${url(port)}/ready`);
            if (!ok) throw new Error(`/ready answers ${status}`);
          },
          START_MS,
        ),
      ),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { gatewayUrl: url(gateway), grpcPort: grpc, output, stop };
}
