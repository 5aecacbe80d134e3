import { expect, it } from 'vitest';
import { resolveTopics } from '../topics/index.ts';
import { createTopicNames } from './topic-names.ts';

it('knows the topics of the platform as they are named, and those of every edge', () => {
  const names = createTopicNames(resolveTopics({ KAFKA_PEER_HEARTBEAT_TOPIC: 'beats' }));
  expect(names.find('beats')?.type).toBe('peer.connection.heartbeat');
  expect(names.find('peer.connection.heartbeat')).toBeNull();
  expect(names.find('edge-commands-any')?.type).toBe('edge.command');
  expect(names.find('somebody-elses')).toBeNull();
});

it('distinguishes topics of dead letters from others', () => {
  const topics = resolveTopics({});
  const names = createTopicNames(topics);
  expect(names.isOfDeadLetters('peer.media.described.deadletter')).toBe(true);
  expect(names.isOfDeadLetters(topics.edgeDeadLetterTopic('edge-7'))).toBe(true);
  expect(names.isOfDeadLetters('peer.media.described')).toBe(false);
  expect(names.isOfDeadLetters('deadletter.decisions')).toBe(false);
});
