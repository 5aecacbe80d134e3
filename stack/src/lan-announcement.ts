import { hostname } from 'node:os';
import { lanAddresses } from '@giggityflix/kernel/lan-addresses';
import { Bonjour } from 'bonjour-service';
import { LAN_NAME } from './lan.ts';

const LOOK_EVERY_MS = 5_000;
/** Of seconds, for records that hold addresses (RFC 6762, section 10). */
const ADDRESS_TTL = 120;

/**
 * Announces the page at {@link LAN_NAME} by mDNS until `stop`, in the network of each address that this machine has now;
 * `onError` says why nobody hears it.
 */
export function announce(
  port: number,
  addresses: () => readonly string[],
  onError: (error: Error) => void,
): { stop(): Promise<void> } {
  const announced = new Map<string, Bonjour>();
  const update = () => {
    const current = addresses();
    for (const address of current)
      if (!announced.has(address)) announced.set(address, announceAt(address, port, onError));
    for (const [address, bonjour] of announced) {
      if (current.includes(address)) continue;
      announced.delete(address);
      bonjour.destroy();
    }
  };
  update();
  const timer = setInterval(update, LOOK_EVERY_MS).unref();
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all([...announced.values()].map(withdraw));
    },
  };
}

function announceAt(address: string, port: number, onError: (error: Error) => void): Bonjour {
  // What is sent to a group leaves by one interface: each has a sender of its own. An address that was named and is of no
  // interface, such as a container's host, is announced where the system sends such packets.
  const options: object = lanAddresses().includes(address) ? { interface: address, bind: '0.0.0.0' } : {};
  const bonjour = new Bonjour(options, onError);
  // One name is for one announcement: another interface has its own, and so has a second platform of the network.
  const name = `Giggityflix at ${hostname().slice(0, 20)}, ${address}:${port}`;
  const service = bonjour.publish({ name, type: 'http', port, host: LAN_NAME });
  service.on('error', onError);
  // Only addresses that lead here from this network (RFC 6762, section 6.2): not those of a VPN, or of containers.
  const records = service.records.bind(service);
  service.records = () => [
    ...records().filter(({ type }) => type !== 'A' && type !== 'AAAA'),
    { name: LAN_NAME, type: 'A', ttl: ADDRESS_TTL, data: address },
  ];
  return bonjour;
}

const withdraw = (bonjour: Bonjour) =>
  new Promise<void>((resolve) => bonjour.unpublishAll(() => bonjour.destroy(() => resolve())));
