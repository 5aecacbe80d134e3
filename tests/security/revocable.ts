import { randomUUID } from 'node:crypto';
import { type Bus, createBus, resolveTopics } from '@giggityflix/bus';
import { createLogger, type RawEnvironment } from '@giggityflix/kernel';
import { createClient } from 'graphql-ws';
import { importJWK, SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { post, startGateway, testConfig } from '../../gateway/testing/gateway.ts';
import { DEMO_AUTH, startSubgraph } from '../../gateway/testing/subgraph.ts';
import { SERVICE_TOKEN, startIdentity } from '../../subgraphs/identity/testing/harness.ts';
import { MEDIA_FILE, startViewing } from '../../subgraphs/viewing/testing/harness.ts';

/** A device that is signed in. */
export interface Device {
  id: string;
  accountId: string;
  headers: { authorization: string };
}

/** Identity, gateway and viewing, which share a bus and the keys alone, and devices that use them. */
export async function startRevocable(bus: RawEnvironment, state: RawEnvironment = {}) {
  const identity = await startIdentity(bus);
  const { issuer, audience } = identity.config;
  const jwksUrl = `${issuer}/.well-known/jwks.json`;
  const viewing = await startViewing({
    ...bus,
    ...state,
    AUTH_MODE: 'jwt',
    AUTH_ISSUER: issuer,
    AUTH_JWKS_URL: jwksUrl,
    IDENTITY_SERVICE_URL: issuer,
    SERVICE_TOKEN,
  });
  const auth = { ...DEMO_AUTH, mode: 'jwt' as const, issuer, audience, jwksUrl };
  const subgraph = await startSubgraph({
    name: 'one',
    auth,
    sdl: 'type Query { a: Int } type Subscription { tick: Int }',
    resolvers: {
      Subscription: {
        tick: {
          async *subscribe() {
            yield { tick: 1 };
            await new Promise(() => {});
          },
        },
      },
    },
  });
  const gatewayBus: Bus = await createBus({
    config: viewing.config.bus,
    clientId: `gateway-${randomUUID()}`,
    logger: createLogger({ service: 'gateway', level: 'silent' }),
  });
  await gatewayBus.start();
  const gateway = await startGateway(
    { ...testConfig([subgraph]), auth, topics: resolveTopics(bus) },
    { bus: gatewayBus },
  );
  return {
    identity,
    /** Signs someone in on a new device. */
    async device(accountId: string): Promise<Device> {
      const id = randomUUID();
      const place = { clientId: 'giggityflix-page', name: 'TV', address: '127.0.0.1' };
      await identity.stores.devices.seen({ id, accountId, ...place }, new Date());
      const { signer } = await identity.stores.keys.current('signing');
      const token = await new SignJWT({ roles: ['viewer'], device_id: id, iat_ms: Date.now() })
        .setProtectedHeader({ alg: 'ES256', kid: signer.kid })
        .setSubject(accountId)
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime('5m')
        .sign(await importJWK(signer.jwk, 'ES256'));
      return { id, accountId, headers: { authorization: `Bearer ${token}` } };
    },
    /** Begins to watch; gives the id of the session. */
    async play({ accountId, headers }: Device): Promise<string> {
      const wanted = { user_id: accountId, profile_id: 'p', content_id: MEDIA_FILE, device_id: 'd' };
      const { status, body } = await viewing.call('POST', '/api/playback/session', wanted, headers);
      if (status !== 201) throw new Error(`no session: ${status} ${JSON.stringify(body)}`);
      return body.session.session_id as string;
    },
    subscribe({ headers }: Device, on: { tick(): void; closed(code: number): void }) {
      const client = createClient({
        url: `${gateway.url().replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: headers,
        retryAttempts: 0,
        on: { closed: (event) => on.closed((event as { code: number }).code) },
      });
      client.subscribe(
        { query: 'subscription { tick }' },
        { next: on.tick, error: () => {}, complete: () => {} },
      );
      return client;
    },
    revoke: ({ accountId, id }: Device) =>
      identity.access.revokeDevice({ accountId, deviceId: id, address: '127.0.0.1' }),
    /** What another device of the account sees of a session. */
    statusOf: async (id: string, { headers }: Device): Promise<string> =>
      (await viewing.call('GET', `/api/playback/session/${id}`, undefined, headers)).body.status,
    asked: async ({ headers }: Device): Promise<number> =>
      (await post(gateway.url(), '{ a }', {}, headers)).status,
    async stop() {
      await gateway.stop();
      await gatewayBus.stop();
      await subgraph.stop();
      await viewing.stop();
      await identity.dispose();
    },
  };
}
