export * from './access.ts';
export * from './enrolment.ts';
export * from './events.ts';
export * from './headers.ts';
export { fromMediaDescribed, type PeerMediaDescribed, toMediaDescribed } from './media-described.ts';
export { resolveTopics, TOPIC_DESCRIPTIONS, type Topics, topicVariables } from './registry.ts';
export type { Topic, TopicDescription } from './topic.ts';
export * as ids from './values.ts';
export { MAX_ID_LENGTH } from './values.ts';
