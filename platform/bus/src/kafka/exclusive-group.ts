import type { Admin } from 'kafkajs';
import { type Beginnings, committedOffsets, NOTHING } from './initial-offsets.ts';
import { untilSettled } from './transient.ts';

/**
 * Kafka groups of one exclusive consumer group, used in turn. So many predecessors may be killed within one session
 * timeout before the next consumer has to wait.
 */
const GROUPS = 8;

/**
 * Finds a group without members for a consumer that alone reads its topics. In a group of one name it would wait until
 * the broker considers a killed predecessor lost, a session timeout later. It begins where the furthest of its
 * predecessors stopped, in any of the groups; `from` decides only for partitions none of them committed.
 */
export async function chooseExclusiveGroup(
  admin: Admin,
  options: { groupId: string; topics: readonly string[]; from: 'earliest' | 'latest' },
): Promise<{ groupId: string; beginnings: Beginnings }> {
  const names = Array.from({ length: GROUPS }, (_, index) => groupName(options.groupId, index));
  const { groups } = await untilSettled(() => admin.describeGroups(names));
  const taken = new Set(groups.filter(({ members }) => members.length > 0).map(({ groupId }) => groupId));
  const groupId = names.find((name) => !taken.has(name)) ?? options.groupId;

  const looked = names.map(
    async (name) => [name, await committedOffsets(admin, name, options.topics)] as const,
  );
  const offsets = new Map(await Promise.all(looked));
  const beginnings: Beginnings = new Map();
  for (const topic of options.topics) {
    const begun = new Map<number, { seen: string; offset: string }>();
    for (const { partition, high } of await untilSettled(() => admin.fetchTopicOffsets(topic))) {
      const committed = [...offsets.values()].map((of) => of.get(topic)?.get(partition) ?? NOTHING);
      // An offset beyond the end is one of a topic of the same name that was deleted.
      const known = committed.filter((offset) => BigInt(offset) <= BigInt(high));
      const furthest = known.reduce((one, other) => (BigInt(one) > BigInt(other) ? one : other), NOTHING);
      const seen = offsets.get(groupId)?.get(topic)?.get(partition) ?? NOTHING;
      const offset = furthest === NOTHING && options.from === 'latest' ? high : furthest;
      if (offset !== seen && offset !== NOTHING) begun.set(partition, { seen, offset });
    }
    beginnings.set(topic, begun);
  }
  return { groupId, beginnings };
}

function groupName(groupId: string, index: number): string {
  return index === 0 ? groupId : `${groupId}~${index + 1}`;
}
