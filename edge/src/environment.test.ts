import { describe, expect, it } from 'vitest';
import { readEnvironment, variables } from './environment.ts';

describe('the environment', () => {
  it('has the documented defaults', () => {
    const { maxWorkers, bus, topics, ...edge } = readEnvironment({});
    expect(edge).toMatchObject({
      edgeId: 'edge-1',
      heartbeatIntervalMs: 30_000,
      peerTimeoutMs: 120_000,
      grpc: {
        address: '0.0.0.0:50051',
        tls: { certPath: 'certs/server.crt', keyPath: 'certs/server.key' },
      },
      groupId: 'edge-service',
      retry: { maxRetries: 3, initialDelayMs: 100, maxDelayMs: 1_000, jitterFactor: 0.1 },
    });
    expect(maxWorkers).toBe(10);
    expect(bus).toMatchObject({ kind: 'kafka', brokers: ['localhost:9092'] });
    expect(topics.edgeCommands('edge-1').name).toBe('edge-commands-edge-1');
    expect(topics.edgeDeadLetterTopic('edge-1')).toBe('edge-commands-edge-1.deadletter');
    expect(topics.fileDeleteResponses.name).toBe('file-delete-responses');
  });

  it('has every variable of the document', () => {
    const documented = [
      ...['EDGE_ID', 'HEARTBEAT_INTERVAL_SEC', 'PEER_TIMEOUT_SEC'],
      ...['GRPC_SERVER_ADDRESS', 'GRPC_USE_TLS', 'GRPC_CERT_PATH', 'GRPC_KEY_PATH', 'GRPC_MAX_WORKERS'],
      ...['KAFKA_BOOTSTRAP_SERVERS', 'KAFKA_GROUP_ID', 'KAFKA_EDGE_COMMANDS_TOPIC_PATTERN'],
      ...['KAFKA_PEER_LIFECYCLE_EVENTS_TOPIC', 'KAFKA_PEER_CATALOG_UPDATES_TOPIC'],
      ...['KAFKA_FILE_DELETE_RESPONSES_TOPIC', 'KAFKA_FILE_HASH_RESPONSES_TOPIC'],
      ...['KAFKA_SCREENSHOT_CAPTURE_RESPONSES_TOPIC', 'KAFKA_DEADLETTER_TOPIC_PATTERN'],
      ...['RETRY_MAX_RETRIES', 'RETRY_INITIAL_DELAY_MS', 'RETRY_MAX_DELAY_MS', 'RETRY_JITTER_FACTOR'],
    ];
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(documented));
  });

  it('lets both halves of a connection share one topic', () => {
    const { topics } = readEnvironment({ KAFKA_PEER_LIFECYCLE_EVENTS_TOPIC: 'peer-lifecycle-events' });
    expect(topics.peerConnectionEstablished.name).toBe('peer-lifecycle-events');
    expect(topics.peerConnectionClosed.name).toBe('peer-lifecycle-events');
  });

  it.each([
    [{ GRPC_REQUIRE_CLIENT_CERT: 'true' }, 'GRPC_CLIENT_CA_PATH is missing'],
    [{ GRPC_CLIENT_CA_PATH: 'ca.crt', GRPC_USE_TLS: 'false' }, 'GRPC_USE_TLS is off'],
    [{ PEER_TIMEOUT_SEC: '30' }, 'PEER_TIMEOUT_SEC is invalid'],
    [{ ENROLMENT: 'token' }, 'ENROLMENT_TOKENS is missing'],
    [{ ENROLMENT: 'open', ENROLMENT_TOKENS: 'a-token' }, 'ENROLMENT_TOKENS is set'],
  ])('refuses %j, which contradicts itself', (raw, problem) => {
    expect(() => readEnvironment(raw)).toThrow(problem);
  });

  it.each([
    [{}, 'open'],
    [{ ENROLMENT_TOKENS: 'a-token' }, 'token'],
    [{ ENROLMENT: 'invitation' }, 'invitation'],
    [{ ENROLMENT: 'invitation', ENROLMENT_TOKENS: 'a-token' }, 'invitation'],
  ])('admits peers with %j as %s', (raw, enrolment) => {
    expect(readEnvironment(raw).enrolment).toBe(enrolment);
  });

  it('names every problem at once, and no secret', () => {
    const raw = {
      EDGE_ID: 'a b',
      GRPC_SERVER_ADDRESS: 'nowhere',
      PEER_TIMEOUT_SEC: '-1',
      GRPC_USE_TLS: 'perhaps',
      ENROLMENT_TOKENS: '',
      RETRY_JITTER_FACTOR: '2',
      KAFKA_DEADLETTER_TOPIC_PATTERN: 'no-braces',
    };
    let message = '';
    try {
      readEnvironment(raw);
    } catch (error) {
      message = (error as Error).message;
    }
    for (const name of Object.keys(raw)) expect(message).toContain(name);
  });
});
