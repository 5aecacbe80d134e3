import type { Topic, Topics } from '../topics/index.ts';

/** Stands for an edge's id where only the rest of a topic's name matters. */
const ANY_EDGE = 'any-edge-of-all';

export interface TopicNames {
  /** The topic of this name; null for one that the platform does not have. */
  find(name: string): Topic<unknown> | null;
  isOfDeadLetters(name: string): boolean;
}

export function createTopicNames(topics: Topics): TopicNames {
  const isAsFor = (pattern: string) => {
    const [before, after] = pattern.split(ANY_EDGE) as [string, string];
    return (name: string) =>
      name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after);
  };
  const commands = topics.edgeCommands(ANY_EDGE);
  const isOfCommands = isAsFor(commands.name);
  const isOfUndelivered = isAsFor(topics.edgeDeadLetterTopic(ANY_EDGE));
  const byName = new Map<string, Topic<unknown>>();
  for (const topic of Object.values(topics))
    if (typeof topic !== 'function')
      for (const one of [topic].flat() as Topic<unknown>[]) byName.set(one.name, one);
  return {
    find: (name) => byName.get(name) ?? (isOfCommands(name) ? (commands as Topic<unknown>) : null),
    isOfDeadLetters: (name) => name.endsWith('.deadletter') || isOfUndelivered(name),
  };
}
