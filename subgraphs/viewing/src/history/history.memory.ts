import type { PlaybackEvent } from '@giggityflix/bus';
import type { History, WatchProgress } from './history.ts';

interface Entry extends WatchProgress {
  userId: string;
}

/** A history that lives as long as its process. For tests. */
export function createMemoryHistory(): History & { readonly events: PlaybackEvent[] } {
  const entries = new Map<string, Entry>();
  const seen = new Set<string>();
  const hidden = new Set<Entry>();
  const events: PlaybackEvent[] = [];
  const of = (userId: string, profileId: string | null) =>
    [...entries.values()]
      .filter((entry) => entry.userId === userId && (profileId === null || entry.profileId === profileId))
      .sort((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime());
  return {
    events,
    async record(eventId, event) {
      if (seen.has(eventId)) return;
      seen.add(eventId);
      events.push(event);
      const key = JSON.stringify([event.user_id, event.profile_id, event.content_id]);
      if (event.type === 'playback.started') return;
      entries.set(key, {
        userId: event.user_id,
        profileId: event.profile_id,
        catalogId: event.content_id,
        position: event.position,
        completed: false,
        updatedAt: new Date(event.timestamp),
      });
    },
    progress: async ({ userId, profileId, catalogIds }) =>
      of(userId, profileId).filter((entry) => catalogIds.includes(entry.catalogId)),
    continueWatching: async ({ userId, profileId, first }) =>
      of(userId, profileId)
        .filter((entry) => !entry.completed && !hidden.has(entry))
        .slice(0, first),
    async hide({ userId, profileId, catalogIds }) {
      for (const entry of of(userId, profileId)) if (catalogIds.includes(entry.catalogId)) hidden.add(entry);
    },
    async mark({ userId, profileId, catalogIds, at: updatedAt }, completed) {
      for (const catalogId of catalogIds) {
        const key = JSON.stringify([userId, profileId, catalogId]);
        if (completed) entries.set(key, { userId, profileId, catalogId, position: 0, completed, updatedAt });
        else entries.delete(key);
      }
    },
  };
}
