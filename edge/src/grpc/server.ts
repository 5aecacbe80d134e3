import { type Logger, withDeadline } from '@giggityflix/kernel';
import type { Registry } from '@giggityflix/telemetry';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { createCertificates, type TlsConfig } from './certificates.ts';
import { createEitherListener } from './either-listener.ts';
import { addHealth } from './health.ts';
import { IDLE_CONNECTION_MS, MAX_STREAMS_PER_CONNECTION } from './limits.ts';
import { addReflection } from './reflection.ts';
import { type ConnectHandler, peerEdgeService } from './wire.ts';

export interface GrpcConfig {
  /** `host:port`; port 0 asks the system for a free one. */
  address: string;
  tls: TlsConfig | null;
  /** Whether peers of this machine and of its own network may do without it, on the same port. */
  plainTextFromLocal?: boolean;
  /** After this long without traffic a connection is pinged, and dropped when nothing comes back in time. */
  keepaliveTimeMs: number;
  keepaliveTimeoutMs: number;
  maxMessageBytes: number;
}

/** How long the statuses of calls that ended may take to leave this process, in milliseconds. */
const SHUTDOWN_MS = 1_000;

export const SERVICE_NAME = 'giggityflix.edge.v1.PeerEdgeService';

/** The gRPC listener: the peers' service, health (`grpc.health.v1`) and reflection. */
export function createGrpcServer(
  config: GrpcConfig,
  deps: { connect: ConnectHandler; logger: Logger; metrics: Registry },
) {
  const server = new Server({
    'grpc.keepalive_time_ms': config.keepaliveTimeMs,
    'grpc.keepalive_timeout_ms': config.keepaliveTimeoutMs,
    'grpc.max_connection_idle_ms': IDLE_CONNECTION_MS,
    'grpc.max_concurrent_streams': MAX_STREAMS_PER_CONNECTION,
    'grpc.max_receive_message_length': config.maxMessageBytes,
    // Connection introspection costs memory for every stream, and the metrics show as much.
    'grpc.enable_channelz': 0,
  });
  const certificates = config.tls && createCertificates(config.tls, deps);
  let either: ReturnType<typeof createEitherListener> | null = null;
  let boundPort = 0;

  server.addService(peerEdgeService, { connect: deps.connect });
  const health = addHealth(server, ['', SERVICE_NAME]);
  addReflection(server);

  return {
    async start(): Promise<void> {
      const credentials = certificates ? await certificates.load() : ServerCredentials.createInsecure();
      const refused = (error: Error) => new Error(`cannot listen on ${config.address}: ${error.message}`);
      if (certificates && config.plainTextFromLocal) {
        const plain = ServerCredentials.createInsecure();
        either = createEitherListener({ server, secure: credentials, plain });
        boundPort = await either.listen(config.address).catch((error) => Promise.reject(refused(error)));
        return;
      }
      boundPort = await new Promise<number>((resolve, reject) => {
        server.bindAsync(config.address, credentials, (error, port) => {
          if (!error) resolve(port);
          else reject(refused(error));
        });
      });
    },
    /** Sets what health checks answer; whether a peer is admitted is decided elsewhere. */
    serving(value: boolean): void {
      health.set(value);
    },
    /** Closes the listener and, once the statuses of calls are sent, every connection left. */
    async stop(): Promise<void> {
      certificates?.stop();
      either?.close();
      const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      // Without its status a peer would wait for the end of its call; one that reads nothing is not waited for.
      await withDeadline(closed, SHUTDOWN_MS, 'closing connections').catch(() => {});
      server.forceShutdown();
    },
    port: (): number => boundPort,
  };
}
