import { hostname } from 'node:os';
import { Bonjour } from 'bonjour-service';
import { LAN_NAME } from './lan.ts';

/** Announces the page at {@link LAN_NAME} by mDNS until `stop`; `onError` says why nobody hears it. */
export function announce(port: number, onError: (error: Error) => void): { stop(): Promise<void> } {
  const bonjour = new Bonjour({}, onError);
  // A second one in the network has a name of its own, or it would not be announced at all.
  const name = `Giggityflix at ${hostname().slice(0, 30)}, ${port}`;
  const service = bonjour.publish({ name, type: 'http', port, host: LAN_NAME });
  service.on('error', onError);
  return {
    stop: () => new Promise((resolve) => bonjour.unpublishAll(() => bonjour.destroy(() => resolve()))),
  };
}
