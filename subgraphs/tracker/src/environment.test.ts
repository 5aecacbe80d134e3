import { EnvironmentError } from '@giggityflix/kernel';
import { expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';

it('has the documented defaults', () => {
  const { tracker, bus } = readEnvironment({});
  expect(tracker).toMatchObject({
    http: { host: '0.0.0.0', port: 8000 },
    groupId: 'tracker-service',
    state: { kind: 'redis', redis: { host: 'localhost', port: 6379, db: 0, password: undefined } },
    heartbeatIntervalMs: 30_000,
    connectionTimeoutMs: 120_000,
    subscriptionTtl: { defaultHours: 24 },
  });
  expect(bus).toMatchObject({ kind: 'kafka', brokers: ['localhost:9092'] });
  expect(tracker.topics.peerLifecycle.map(({ name }) => name)).toEqual([
    'peer.connection.established',
    'peer.connection.closed',
  ]);
  expect(tracker.topics.catalogAvailabilityChanged.name).toBe('catalog.availability.changed');
  expect(tracker.http.trustedProxies.includes('127.0.0.1')).toBe(false);
});

it('honours every documented variable', () => {
  const { tracker } = readEnvironment({
    KAFKA_GROUP_ID: 'g',
    KAFKA_PEER_CONNECTED_TOPIC: 'c',
    KAFKA_PEER_DISCONNECTED_TOPIC: 'd',
    KAFKA_PEER_CATALOG_UPDATED_TOPIC: 'u',
    KAFKA_CATALOG_AVAILABILITY_CHANGED_TOPIC: 'a',
    KAFKA_CATALOG_SUBSCRIPTION_MATCHED_TOPIC: 'm',
    REDIS_HOST: 'r',
    REDIS_PORT: '1',
    REDIS_DB: '2',
    REDIS_PASSWORD: 'p',
    HEARTBEAT_INTERVAL_SECONDS: '5',
    CONNECTION_TIMEOUT_SECONDS: '6',
    SUBSCRIPTION_DEFAULT_TTL_HOURS: '7',
    TRUSTED_PROXIES: '10.0.0.0/8, ::1',
  });
  expect(tracker).toMatchObject({
    groupId: 'g',
    state: { redis: { host: 'r', port: 1, db: 2, password: 'p' } },
    heartbeatIntervalMs: 5_000,
    connectionTimeoutMs: 6_000,
    subscriptionTtl: { defaultHours: 7 },
  });
  const { topics } = tracker;
  expect(topics.peerLifecycle.map(({ name }) => name)).toEqual(['c', 'd']);
  expect([topics.peerCatalogUpdated.name, topics.catalogAvailabilityChanged.name]).toEqual(['u', 'a']);
  expect(topics.catalogSubscriptionMatched.name).toBe('m');
  expect(tracker.http.trustedProxies.includes('10.1.1.1')).toBe(true);
});

it('names every problem at once', () => {
  const read = () =>
    readEnvironment({ PORT: 'x', STATE: 'disk', TRUSTED_PROXIES: 'proxy', CONNECTION_TIMEOUT_SECONDS: '0' });
  expect(read).toThrow(EnvironmentError);
  for (const name of ['PORT', 'STATE', 'TRUSTED_PROXIES', 'CONNECTION_TIMEOUT_SECONDS'])
    expect(read).toThrow(new RegExp(`${name} is invalid`));
});
