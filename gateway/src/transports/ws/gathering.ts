import type { Duplex } from 'node:stream';

/**
 * Holds what is sent to a stream back until the turn of the event loop ends. Events that come faster than they can be
 * written one by one then share a write: system calls are most of what a delivery costs.
 */
export function createGathering(): (stream: Duplex) => void {
  const held = new Set<Duplex>();
  const flush = () => {
    for (const stream of held) stream.uncork();
    held.clear();
  };
  return (stream) => {
    if (held.has(stream)) return;
    if (held.size === 0) setImmediate(flush);
    held.add(stream);
    stream.cork();
  };
}
