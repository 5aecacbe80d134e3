import type { SubscriptionOwner } from './outbox.ts';

/** An owner as one string: `user:<id>` or `service:<id>`. */
export function formatOwner(owner: SubscriptionOwner): string {
  return `${owner.kind}:${owner.id}`;
}

export function parseOwner(text: string): SubscriptionOwner {
  const at = text.indexOf(':');
  return { kind: text.slice(0, at) as SubscriptionOwner['kind'], id: text.slice(at + 1) };
}
