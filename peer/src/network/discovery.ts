/** How long an answer is waited for. */
const ANSWER_MS = 5_000;

/**
 * Where the platform's page is that is announced under a name of the local network (mDNS), as origins to be tried in turn; none
 * where nobody answers within `answerMs` milliseconds.
 */
export async function findPlatform(host: string, answerMs = ANSWER_MS): Promise<string[]> {
  const { Bonjour } = await import('bonjour-service');
  return new Promise((resolve) => {
    const bonjour = new Bonjour({}, () => end([]));
    const end = (origins: string[]) => {
      clearTimeout(timer);
      resolve(origins);
      bonjour.destroy();
    };
    const timer = setTimeout(() => end([]), answerMs);
    bonjour.find({ type: 'http' }, (service) => {
      if (service.host.toLowerCase() !== host.toLowerCase()) return;
      const addresses = (service.addresses ?? []).filter((address) => /^[\d.]+$/.test(address));
      end(addresses.map((address) => `http://${address}:${service.port}`));
    });
  });
}
