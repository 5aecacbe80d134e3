import { connect } from 'node:net';
import { findPlatform } from '../../../peer/src/network/discovery.ts';
import { type Check, ok, problem, warning } from '../checks.ts';
import type { Household } from './context.ts';
import { openStunSocket } from './stun.ts';

const CONNECT_MS = 3_000;
/** Who announces something answers at once, or a second later to spare the network (RFC 6762, section 6). */
const MDNS_ANSWER_MS = 1_500;

const isOpen = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });

export const ports: Check<Household> = {
  name: 'ports',
  async run({ addresses, ports }) {
    const [address] = addresses;
    if (address === undefined)
      return [
        problem(
          'this machine is in no network: it has no IPv4 address beside its own',
          'Connect it to your router.',
        ),
      ];
    const wanted = [
      { port: ports.gateway, what: 'the page', needs: 'nobody else can watch' },
      { port: ports.edge, what: 'peers', needs: 'no other machine can share films' },
    ];
    return Promise.all(
      wanted.map(async ({ port, what, needs }) => {
        if (await isOpen(address, port)) return ok(`port ${port} (${what}) answers at ${address}`);
        const here = await isOpen('127.0.0.1', port);
        return problem(
          `port ${port} (${what}) is closed at ${address}: ${needs}`,
          here
            ? 'It answers on this machine alone: start the platform with "npm start -- --lan", and let the port through this machine’s firewall.'
            : 'Nothing listens there: start the platform with "npm start -- --lan".',
        );
      }),
    );
  },
};

export const stun: Check<Household> = {
  name: 'matchmaker',
  async run({ addresses, ports }) {
    const server = `${addresses[0] ?? '127.0.0.1'}:${ports.stun}`;
    const socket = await openStunSocket();
    try {
      return (await socket.mapped(server)) === null
        ? [
            problem(
              `no answer by STUN from ${server} (UDP): viewers and peers do not find each other`,
              `Start the platform, and let UDP port ${ports.stun} through this machine’s firewall.`,
            ),
          ]
        : [ok(`answers by STUN at ${server}`)];
    } finally {
      socket.close();
    }
  },
};

/** Two servers see one socket: where they see two ports, the router maps each destination anew, and holes cannot be punched. */
export const nat: Check<Household> = {
  name: 'router',
  async run({ publicStunServers, turnServers }) {
    const socket = await openStunSocket();
    try {
      const seen = await Promise.all(publicStunServers.map((server) => socket.mapped(server)));
      const mapped = seen.filter((address) => address !== null);
      if (mapped.length < 2)
        return [
          warning(
            `${mapped.length} of ${publicStunServers.length} STUN servers outside answered: the kind of NAT is not known`,
            'Check the way out for UDP; name others with --public-stun HOST:PORT, twice.',
          ),
        ];
      if (new Set(mapped).size === 1)
        return [ok(`friends outside can be connected to directly (${mapped[0]} from everywhere)`)];
      return turnServers.length > 0
        ? [ok('the router is a symmetric NAT, and there is a TURN server for it')]
        : [
            problem(
              'the router is a symmetric NAT: friends outside cannot be connected to directly',
              'Set up a TURN server, and name it in TURN_SERVERS, or forward the peer’s WEBRTC_PORT_RANGE in the router.',
            ),
          ];
    } finally {
      socket.close();
    }
  },
};

export const turn: Check<Household> = {
  name: 'TURN',
  async run({ turnServers }) {
    return turnServers.length > 0
      ? [ok(`named: ${turnServers.join(', ')}`)]
      : [
          warning(
            'no TURN server is named: friends behind strict networks (companies, some mobile ones) cannot watch',
            'docs/household.md shows how to run coturn; name it in TURN_SERVERS.',
          ),
        ];
  },
};

export const mdns: Check<Household> = {
  name: 'mDNS',
  async run({ mdnsName, addresses }) {
    const answered = (await findPlatform(mdnsName, MDNS_ANSWER_MS)).length > 0;
    return answered
      ? [ok(`${mdnsName} is answered`)]
      : [
          warning(
            `nobody answers for ${mdnsName}: devices have to use an address such as ${addresses[0] ?? '127.0.0.1'}`,
            'Start with "npm start -- --lan", and let UDP port 5353 through this machine’s firewall; some routers keep multicast from Wi-Fi.',
          ),
        ];
  },
};
