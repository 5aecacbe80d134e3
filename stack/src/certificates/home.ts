import { hostname } from 'node:os';
import { type Logger, READY, type Service } from '@giggityflix/kernel';
import { lanAddresses } from '@giggityflix/kernel/lan-addresses';
import { LAN_NAME } from '../lan.ts';
import { type Authority, ensureAuthority } from './authority.ts';
import { type PairFiles, readPair, renewalTime, writePair } from './stored.ts';

const LOOK_EVERY_MS = 30_000;

/** Keeps a certificate of an own authority for the names and addresses that this machine has in its network. */
export function createHomeName(
  config: { files: PairFiles; authority: PairFiles; addresses: readonly string[]; lookEveryMs?: number },
  { logger, current = lanAddresses }: { logger: Logger; current?: () => readonly string[] },
): Service {
  let authority: Authority;
  let timer: NodeJS.Timeout | undefined;
  let refused = '';
  const wanted = () => {
    const addresses = [...new Set([...config.addresses, ...current()])];
    const others = addresses.filter((address) => !authority.permits(address)).join(', ');
    if (others !== refused && others !== '')
      logger.warn(`the authority of this home vouches for no address of the internet, such as ${others}`);
    refused = others;
    return namesOf(addresses.filter((address) => authority.permits(address)));
  };
  const look = async () => {
    const names = wanted();
    const pair = readPair(config.files);
    const isCovered =
      pair !== null &&
      names.every((name) => pair.leaf.checkHost(name) ?? pair.leaf.checkIP(name)) &&
      pair.leaf.checkIssued(authority.certificate) &&
      renewalTime(pair.leaf) > Date.now();
    if (isCovered) return;
    writePair(config.files, await authority.issue(names));
    logger.info({ names }, 'a certificate was made');
  };
  return {
    async start() {
      authority = await ensureAuthority(config.authority, config.addresses);
      await look();
      timer = setInterval(() => {
        look().catch((err: unknown) => logger.error({ err }, 'no certificate could be made'));
      }, config.lookEveryMs ?? LOOK_EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
    },
    ready: () => READY,
  };
}

function namesOf(addresses: readonly string[]): string[] {
  const own = hostname().split('.')[0]?.toLowerCase() ?? '';
  const named = /^[a-z0-9-]{1,63}$/.test(own) && own !== 'localhost' ? [`${own}.local`] : [];
  return [...new Set([LAN_NAME, ...named, 'localhost', ...addresses, '127.0.0.1', '::1'])];
}
