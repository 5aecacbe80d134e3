import { Counter, Gauge, Histogram, type Registry } from '@giggityflix/telemetry';

const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Every metric of the edge. */
export function createEdgeMetrics(registry: Registry) {
  const registers = [registry];
  return {
    connections: new Gauge({
      name: 'edge_connections',
      help: 'Streams by state: registering or registered',
      labelNames: ['state'],
      registers,
    }),
    registrations: new Counter({
      name: 'edge_registrations_total',
      help: 'Registrations by outcome: accepted, or the gRPC status they were refused with',
      labelNames: ['outcome'],
      registers,
    }),
    enrolments: new Counter({
      name: 'edge_enrolments_total',
      help: 'Attempts to join by an invitation by outcome: approved, pending, refused or limited',
      labelNames: ['outcome'],
      registers,
    }),
    closed: new Counter({
      name: 'edge_connections_closed_total',
      help: 'Registered connections that ended, by reason',
      labelNames: ['reason'],
      registers,
    }),
    received: new Counter({
      name: 'edge_messages_received_total',
      help: 'Messages from peers by type and outcome: relayed, handled, refused or lost',
      labelNames: ['type', 'outcome'],
      registers,
    }),
    relaySeconds: new Histogram({
      name: 'edge_relay_seconds',
      help: 'Seconds from reading a message off its stream until the bus has it',
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    publishSeconds: new Histogram({
      name: 'edge_publish_seconds',
      help: 'Seconds until the bus has a batch, retries included',
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    publishRetries: new Counter({
      name: 'edge_publish_retries_total',
      help: 'Batches that the bus refused and that are retried',
      registers,
    }),
    heldBytes: new Gauge({
      name: 'edge_held_bytes',
      help: 'Bytes of peer messages waiting for the bus',
      registers,
    }),
    heldStreams: new Gauge({
      name: 'edge_held_streams',
      help: 'Streams that are not read because the bus is behind',
      registers,
    }),
    pacedStreams: new Gauge({
      name: 'edge_paced_streams',
      help: 'Streams that are not read because their peers, or those of their address, sent more than they may',
      registers,
    }),
    commands: new Counter({
      name: 'edge_commands_total',
      help: 'Commands by type and outcome: delivered, answered, forwarded, retried or undeliverable',
      labelNames: ['type', 'outcome'],
      registers,
    }),
    deadLetters: new Counter({
      name: 'edge_dead_letters_total',
      help: 'Commands written to the dead-letter topic',
      registers,
    }),
    pendingCommands: new Gauge({
      name: 'edge_commands_unanswered',
      help: 'Pending commands: delivered to a peer and not answered yet',
      registers,
    }),
    commandSeconds: new Histogram({
      name: 'edge_command_seconds',
      help: 'Seconds from delivering a command until its response arrives',
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    holdingChecks: new Counter({
      name: 'edge_holding_checks_total',
      help: 'Holding challenges by outcome: proven, failed, unanswered, or skipped because of a limit',
      labelNames: ['outcome'],
      registers,
    }),
    keySetFetches: new Counter({
      name: 'edge_key_set_fetches_total',
      help: 'Fetches of the playback key set by outcome',
      labelNames: ['outcome'],
      registers,
    }),
  };
}

export type EdgeMetrics = ReturnType<typeof createEdgeMetrics>;
