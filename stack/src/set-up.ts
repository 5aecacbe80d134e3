import type { Service } from '@giggityflix/kernel';

/** What the hub reports of its identity service each time that has started. */
export interface IdentityStarted {
  type: 'identity';
  /** By which the owner sets up an account, once; null when somebody has one. */
  setUpLink: string | null;
}

/** Has the supervisor know how the owner begins: the link is made anew with each start. */
export function reportIdentity(service: Service & { setUpLink(): string | null }): Service {
  return {
    async start() {
      await service.start();
      const message: IdentityStarted = { type: 'identity', setUpLink: service.setUpLink() };
      process.send?.(message);
    },
    stop: () => service.stop(),
    ready: () => service.ready(),
  };
}

export function isIdentityStarted(message: unknown): message is IdentityStarted {
  return (message as { type?: string }).type === 'identity';
}
