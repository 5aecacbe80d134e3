import { createAuthenticator, createHttpServer } from '@giggityflix/http';
import {
  composeServices,
  type Logger,
  notReady,
  READY,
  type Readiness,
  type Service,
  withDeadline,
} from '@giggityflix/kernel';
import { createMetrics, reportStores } from '@giggityflix/telemetry';
import type { Endpoint } from './endpoints/endpoint.ts';
import type { MatchmakerConfig } from './environment.ts';
import { createSenders } from './limits/senders.ts';
import { createMatchmakerMetrics } from './metrics.ts';
import type { Registrations } from './registrations/registrations.ts';
import { createCookies } from './rendezvous/cookies.ts';
import { createRendezvous } from './rendezvous/rendezvous.ts';
import { createReceiver } from './sockets/receiver.ts';
import { createSockets } from './sockets/sockets.ts';
import { createTokenChecker } from './tokens/tokens.ts';

export interface Matchmaker extends Service {
  /** The UDP addresses in use, known after `start`. */
  addresses(): readonly Endpoint[];
  /** The HTTP address in use, known after `start`. */
  httpAddress(): { host: string; port: number; url: string };
}

/** How long `GET /ready` waits for the shared registrations. */
const CHECK_DEADLINE_MS = 600;

export interface MatchmakerDeps {
  /** Started and stopped with the service. */
  registrations: Registrations;
  logger: Logger;
}

/** Rendezvous and STUN over UDP: sends peers behind NATs each other's addresses, and every client its own. */
export function createMatchmaker(config: MatchmakerConfig, deps: MatchmakerDeps): Matchmaker {
  const { registrations, logger } = deps;
  const registry = createMetrics('matchmaker');
  const metrics = createMatchmakerMetrics(registry, { registrations: () => registrations.size() });
  const tokens = createTokenChecker({ authenticator: createAuthenticator(config.auth, null), registrations });
  const rendezvous = createRendezvous({
    registrations,
    cookies: createCookies(),
    tokens,
    requireToken: config.requireToken,
  });
  const senders = createSenders(config.limits);
  const receiver = createReceiver({
    rendezvous,
    senders,
    metrics,
    logger,
    send: (...args) => sockets.send(...args),
  });
  const sockets = createSockets(config.udp, {
    logger,
    onDatagram: receiver.receive,
    onSendFailure: () => metrics.dropped('send_failed'),
  });
  registrations.onRelay((to, message) => receiver.forward(to, message, to.proven));
  const http = createHttpServer({
    name: 'matchmaker',
    ...config.http,
    logger,
    metrics: registry,
    ready: () => service.ready(),
  });
  const registrationsReady = async (): Promise<Readiness> => {
    try {
      await withDeadline(registrations.check(), CHECK_DEADLINE_MS, 'the check of the registrations');
      return READY;
    } catch (error) {
      return notReady(
        `registrations cannot be shared: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  reportStores(registry, { registrations: { ready: registrationsReady } });
  const service = composeServices({
    registrations: {
      async start() {
        await registrations.start();
        if (registrations.alone)
          logger.info(
            'registrations are in memory: this must be the only instance, as others would not find its clients',
          );
      },
      stop: () => registrations.stop(),
      ready: registrationsReady,
    },
    sockets: {
      async start() {
        senders.start();
        await sockets.start();
        logger.info({ udp: sockets.addresses() }, 'matchmaker listens');
      },
      async stop() {
        senders.stop();
        await sockets.stop();
      },
      ready: () => READY,
    },
    http,
  });
  return { ...service, addresses: sockets.addresses, httpAddress: http.address };
}
