import { expect, it, vi } from 'vitest';
import { createTestPlatform } from '../../testing/platform.ts';
import { GraphQLRequestError } from '../ports/graphql.ts';
import type { Platform } from '../ports/platform.ts';
import type { ChannelEvents, IceServer } from '../ports/rtc.ts';
import { createLink } from './link.ts';
import { createOffering } from './offering.ts';
import { startSession } from './starting.ts';

function platformThatOffersAhead() {
  const { platform: basic, mutations } = createTestPlatform();
  const made: { events: ChannelEvents; servers: IceServer[] | Promise<IceServer[]>; closed: boolean }[] = [];
  const platform: Platform = {
    ...basic,
    offersAhead: true,
    offerChannel({ iceServers }, events) {
      const one = { events, servers: iceServers, closed: false };
      made.push(one);
      return {
        offer: Promise.resolve('v=0'),
        accept: async () => {},
        addCandidate() {},
        send() {},
        close() {
          one.closed = true;
        },
      };
    },
  };
  return { platform, made, mutations };
}
const listeners = (heard: string[]): ChannelEvents => ({
  candidate: () => void heard.push('candidate'),
  opened: () => void heard.push('opened'),
  message: () => void heard.push('message'),
  closed: () => void heard.push('closed'),
  state: (state) => void heard.push(state),
});

it('is made without the servers, and learns them and its listeners when it is used', async () => {
  const { platform, made } = platformThatOffersAhead();
  const offering = createOffering(platform)!;
  expect(await offering.offer).toBe('v=0');
  const heard: string[] = [];
  made[0]!.events.state('new');
  offering.use([{ urls: ['stun:1'] }], listeners(heard));
  made[0]!.events.state('connected');
  made[0]!.events.opened();
  expect(heard).toEqual(['connected', 'opened']);
  expect(await made[0]!.servers).toEqual([{ urls: ['stun:1'] }]);
});

it('is closed when nobody uses it', () => {
  const { platform, made } = platformThatOffersAhead();
  createOffering(platform)!.discard();
  expect(made.map(({ closed }) => closed)).toEqual([true]);
});

it('is not made where the platform needs the servers first', () => {
  const { platform, made } = platformThatOffersAhead();
  expect(createOffering({ ...platform, offersAhead: false })).toBeNull();
  expect(made).toEqual([]);
});

it('gives way to an offer by itself where the one of the request went to nobody', async () => {
  const { platform, made, mutations } = platformThatOffersAhead();
  const catalogId = 'ab'.repeat(32);
  // This server does not know of offers in requests for sessions.
  const request = platform.graphql.request;
  const graphql = {
    ...platform.graphql,
    request: async <T>(query: string) => {
      if (query.includes('offerAccepted'))
        throw new GraphQLRequestError('unknown field', 'GRAPHQL_VALIDATION_FAILED');
      return request<T>(query);
    },
  };
  const old = { ...platform, graphql };
  const { created, offering } = await startSession(old, { catalogId, deviceId: 'tv' });
  const form = () => ({ rendition: 'original' as const, startSeconds: 0 });
  const link = createLink({ platform: old, catalogId, created, offering, form, onStatus() {} });
  await vi.waitFor(() => expect(mutations).toEqual(['CreateSession', 'SendSignal']));
  expect(made.map(({ closed, servers }) => [closed, Array.isArray(servers)])).toEqual([
    [true, false],
    [false, true],
  ]);
  link.close();
});

it('is closed when there is no session', async () => {
  const { platform, made } = platformThatOffersAhead();
  const refused = { ...platform.graphql, request: () => Promise.reject(new Error('no session')) };
  await expect(
    startSession({ ...platform, graphql: refused }, { catalogId: 'ab'.repeat(32), deviceId: 'tv' }),
  ).rejects.toThrow('no session');
  expect(made.map(({ closed }) => closed)).toEqual([true]);
});
