import type { OutboxKind } from './outbox.ts';

/** Messages remembered as the latest; those before them are sent in their order. */
const MAX_LATEST = 10_000;

interface Message {
  kind: OutboxKind;
  key: string;
}

/** What was put into the outbox last, of which the newest is taken first. */
export function createLatest() {
  let messages: Message[] = [];
  return {
    add(message: Message): void {
      messages.push(message);
      if (messages.length > 2 * MAX_LATEST) messages = messages.slice(-MAX_LATEST);
    },
    take: (): Message | undefined => messages.pop(),
    clear(): void {
      messages = [];
    },
  };
}
