import { lanAddresses } from '@giggityflix/kernel/lan-addresses';

/** How long an answer is waited for. */
const ANSWER_MS = 5_000;

/**
 * Where the platform's page is that is announced under a name of a local network (mDNS), as origins to be tried in turn; none
 * where nobody answers within `answerMs` milliseconds. Each network that this machine is in is asked.
 */
export async function findPlatform(host: string, answerMs = ANSWER_MS): Promise<string[]> {
  const { Bonjour } = await import('bonjour-service');
  return new Promise((resolve) => {
    const end = (origins: string[]) => {
      clearTimeout(timer);
      resolve(origins);
      for (const each of asking) each.destroy();
    };
    const timer = setTimeout(() => end([]), answerMs);
    // A question to a group leaves by one interface: each has a socket of its own.
    const networks: object[] = lanAddresses().map((address) => ({ interface: address, bind: '0.0.0.0' }));
    const asking = (networks.length > 0 ? networks : [{}]).map((options) => new Bonjour(options, () => {}));
    for (const bonjour of asking)
      bonjour.find({ type: 'http' }, (service) => {
        if (service.host.toLowerCase() !== host.toLowerCase()) return;
        const addresses = (service.addresses ?? []).filter((address) => /^[\d.]+$/.test(address));
        end(addresses.map((address) => `http://${address}:${service.port}`));
      });
  });
}
