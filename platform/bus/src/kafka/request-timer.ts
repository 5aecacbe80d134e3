/**
 * Has kafkajs look at its waiting requests again only while there are some. It otherwise sets a timer after every answer, with a negative
 * time, of which Node.js warns. kafkajs offers no place for that; where it keeps its functions elsewhere, it goes on as it did.
 */
import { createRequire } from 'node:module';

interface RequestQueue {
  pending: readonly unknown[];
  /** Milliseconds since 1970; -1 for no throttling. */
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

const require = createRequire(import.meta.url);

try {
  const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
} catch {
  // Another version of kafkajs.
}
