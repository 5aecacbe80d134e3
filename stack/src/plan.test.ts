import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';
import { planProcesses } from './plan.ts';

const plan = (env: Record<string, string>) =>
  Object.fromEntries(planProcesses(readEnvironment(env)).map((item) => [item.name, item.environment]));

describe('the plan of the all-in-one', () => {
  it('keeps everything on loopback and on embedded adapters', () => {
    const { edge, peer } = plan({});
    expect(edge).toMatchObject({
      GRPC_SERVER_ADDRESS: '127.0.0.1:50051',
      BUS: 'embedded',
      AUTH_MODE: 'demo',
      HOST: '127.0.0.1',
    });
    expect(peer).toMatchObject({
      EDGE_GRPC_ADDRESS: '127.0.0.1:50051',
      HTTP_PORT: '8090',
      ENABLE_UPNP: 'false',
    });
  });

  it('moves to Kafka where one is named', () => {
    expect(plan({ KAFKA_BOOTSTRAP_SERVERS: 'broker:9092' }).edge).toMatchObject({
      BUS: 'kafka',
      KAFKA_BOOTSTRAP_SERVERS: 'broker:9092',
    });
  });

  it('lets a variable of a service through', () => {
    expect(plan({ SCAN_INTERVAL_MINUTES: '5' }).peer).toMatchObject({ SCAN_INTERVAL_MINUTES: '5' });
  });

  it('has room for larger libraries of machines that were let in, unless its operator names a limit', () => {
    const room = { MAX_FILES_PER_PEER: '100000', PEER_FILES_BURST: '100000', NETWORK_FILES_BURST: '100000' };
    const ENROLMENT = 'invitation';
    expect(plan({ ENROLMENT }).edge).toMatchObject(room);
    expect(plan({}).edge).not.toHaveProperty('MAX_FILES_PER_PEER');
    expect(plan({ ENROLMENT, PEER_FILES_BURST: '30000' }).edge).not.toHaveProperty('MAX_FILES_PER_PEER');
  });

  it('gives its own peer a token where peers need an invitation, and no other', () => {
    const { edge, peer, hub } = plan({ ENROLMENT: 'invitation' });
    expect(peer?.ENROLMENT_TOKEN).toMatch(/^[\w-]{43}$/);
    expect(edge?.ENROLMENT_TOKENS).toBe(peer?.ENROLMENT_TOKEN);
    expect(hub).not.toHaveProperty('ENROLMENT_TOKENS');
    expect(plan({}).edge).not.toHaveProperty('ENROLMENT_TOKENS');
    const own = { ENROLMENT: 'invitation', ENROLMENT_TOKENS: 'mine', ENROLMENT_TOKEN: 'mine' };
    expect(plan(own).peer?.ENROLMENT_TOKEN).toBe('mine');
  });

  it('names every wrong value at once', () => {
    expect(() => readEnvironment({ GATEWAY_PORT: 'http', LOG_LEVEL: 'loud', EDGE_PORT: '' })).toThrow(
      /EDGE_PORT is set but empty[\s\S]*GATEWAY_PORT is invalid[\s\S]*"http"[\s\S]*LOG_LEVEL is invalid/,
    );
  });
});
