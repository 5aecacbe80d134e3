import { EnvironmentError } from '@giggityflix/kernel';
import { describe, expect, it } from 'vitest';
import { resolveTopics, topicVariables } from './registry.ts';
import { TOPIC_DESCRIPTIONS } from './topic-descriptions.ts';

const connectionId = '01890a5d-ac96-774b-bcce-b302099a8057';
const event = { peer_id: 'p', edge_id: 'e', connection_id: connectionId, timestamp: '2026-01-01T00:00:00Z' };

describe('the topics', () => {
  it('have the names the documents agree on when nothing is set', () => {
    const topics = resolveTopics({});
    expect(topics.peerConnectionEstablished.name).toBe('peer.connection.established');
    expect(topics.peerLifecycle.map(({ name }) => name)).toEqual([
      'peer.connection.established',
      'peer.connection.closed',
    ]);
    expect(topics.edgeCommands('edge-1').name).toBe('edge-commands-edge-1');
    expect(topics.edgeDeadLetterTopic('edge-1')).toBe('edge-commands-edge-1.deadletter');
    expect(topics.fileDeleteResponses.name).toBe('file-delete-responses');
  });

  it('can each be renamed by each of their variables, and by no other', () => {
    for (const { defaultName, variables } of Object.values(TOPIC_DESCRIPTIONS))
      for (const variable of variables) {
        const name = defaultName.includes('{}') ? 'renamed-{}' : 'renamed';
        const names = JSON.stringify(namesOf({ [variable]: name }));
        expect(names, variable).toContain('renamed');
        expect(names, variable).not.toContain(`"${defaultName.replace('{}', 'e')}"`);
      }
    expect(Object.keys(topicVariables).length).toBeGreaterThan(15);
  });

  it('keep their CloudEvents type whatever they are called', () => {
    const { playbackEvents } = resolveTopics({ KAFKA_PLAYBACK_EVENTS_TOPIC: 'play' });
    expect(playbackEvents).toMatchObject({ name: 'play', type: 'playback.events' });
  });

  it('put both halves of a connection on the one topic the edge document names', () => {
    const topics = resolveTopics({ KAFKA_PEER_LIFECYCLE_EVENTS_TOPIC: 'peer-lifecycle-events' });
    expect(topics.peerConnectionEstablished.name).toBe('peer-lifecycle-events');
    expect(topics.peerConnectionClosed.name).toBe('peer-lifecycle-events');
    const [lifecycle, none] = topics.peerLifecycle;
    expect(none).toBeUndefined();
    const connected = { event_type: 'connected', catalog_ids: [], ...event };
    const disconnected = { event_type: 'disconnected', reason: 'timeout', ...event };
    expect(lifecycle?.schema.parse(connected)).toEqual(connected);
    expect(lifecycle?.schema.parse(disconnected)).toEqual(disconnected);
    expect(lifecycle?.schema.safeParse({ ...event, catalog_ids: [] }).success).toBe(false);
  });

  it('prefer the tracker’s variable for a topic to the edge’s one for both', () => {
    const topics = resolveTopics({
      KAFKA_PEER_LIFECYCLE_EVENTS_TOPIC: 'both',
      KAFKA_PEER_DISCONNECTED_TOPIC: 'gone',
    });
    expect(topics.peerLifecycle.map(({ name }) => name)).toEqual(['both', 'gone']);
  });

  it.each([
    { KAFKA_PLAYBACK_EVENTS_TOPIC: 'no spaces' },
    { KAFKA_PLAYBACK_EVENTS_TOPIC: 'x'.repeat(250) },
    { KAFKA_PLAYBACK_EVENTS_TOPIC: '' },
    { KAFKA_EDGE_COMMANDS_TOPIC_PATTERN: 'without-a-place' },
  ])('refuse %j', (env) => {
    expect(() => resolveTopics(env)).toThrow(EnvironmentError);
  });

  it('take no edge id that Kafka would not', () => {
    expect(() => resolveTopics({}).edgeCommands('../x y')).toThrow();
  });
});

function namesOf(env: Record<string, string>): string[] {
  const topics = resolveTopics(env);
  return Object.values(topics).flatMap((topic) => {
    if (typeof topic === 'function') {
      const named = topic('e');
      return typeof named === 'string' ? [named] : [named.name];
    }
    return 'name' in topic ? [topic.name] : topic.map((each: { name: string }) => each.name);
  });
}
