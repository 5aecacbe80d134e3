import { nodeHashing } from '../src/node/hashing.ts';
import { GraphQLRequestError } from '../src/ports/graphql.ts';
import type { Platform } from '../src/ports/platform.ts';

/** A platform without a network: mutations are recorded and answered by the test, and no peer is ever reached. */
export function createTestPlatform() {
  const mutations: string[] = [];
  const timers = new Set<{ run(): void }>();
  let sessions = 0;
  let outcome: object | null = null;
  let heartbeat: string | Error = 'ACTIVE';
  let signalling: Error | null = null;

  const respond = (name: string): unknown => {
    if (name === 'CreateSession') {
      sessions += 1;
      return {
        createPlaybackSession: outcome ?? {
          __typename: 'PlaybackSessionCreated',
          session: { id: `session-${sessions}`, positionSeconds: 0 },
          playbackToken: 'token',
          maxSources: 1,
          iceServers: [],
        },
      };
    }
    if (name === 'Heartbeat') {
      if (heartbeat instanceof Error) throw heartbeat;
      return { playbackHeartbeat: { session: { status: heartbeat } } };
    }
    if (name === 'SendSignal' && signalling) throw signalling;
    if (name === 'SendSignal') return { sendPlaybackSignal: { accepted: true } };
    return { refreshPlaybackToken: { playbackToken: 'token' } };
  };
  const platform: Platform = {
    hashing: nodeHashing,
    graphql: {
      async request<T>(query: string) {
        const name = /\b(?:query|mutation)\s+(\w+)/.exec(query)?.[1] ?? '';
        mutations.push(name);
        return respond(name) as T;
      },
      subscribe: () => () => {},
    },
    offerChannel: () => ({
      offer: Promise.resolve('offer'),
      accept: async () => {},
      addCandidate() {},
      send() {},
      close() {},
    }),
    timers: {
      after(_ms, run) {
        const timer = { run };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
  };
  return {
    platform,
    mutations,
    /** What `createPlaybackSession` gives in place of a session. */
    refuseSessions(result: object) {
      outcome = result;
    },
    /** What heartbeats get from now on. */
    respondToHeartbeats(status: string) {
      heartbeat = status;
    },
    /** Signals are refused with that code from now on. */
    refuseSignals(code: string) {
      signalling = new GraphQLRequestError('refused', code);
    },
    /** Calls whatever waits for its time. */
    runTimers() {
      for (const timer of [...timers]) {
        timers.delete(timer);
        timer.run();
      }
    },
  };
}
