import { execFileSync, type SpawnOptions, spawn } from 'node:child_process';

/** How a NAT maps and filters (RFC 4787): the kinds a rendezvous meets. */
export type NatKind = 'full cone' | 'port-restricted' | 'symmetric';

/** Documentation addresses (TEST-NET-3) play the public internet. */
const PUBLIC_NET = '203.0.113';
export const SERVER_ADDRESS = `${PUBLIC_NET}.1`;
/** Takes whatever has no place on this internet, such as private addresses, and drops it without a word. */
const UPSTREAM_ADDRESS = `${PUBLIC_NET}.254`;

export interface NatNetwork {
  /** Adds a NAT with machines behind it; answers the names of their namespaces. */
  addNat(options: {
    kind: NatKind;
    machines: number;
    /** Keeps the machines from reaching each other inside. */
    isolated?: boolean;
    /** Lets machines inside reach each other by their public endpoints. */
    hairpin?: boolean;
  }): string[];
  /** The namespace on the public network where servers run. */
  readonly server: string;
  /** Arguments that run a program inside a namespace. */
  inside(namespace: string, command: readonly string[], options: SpawnOptions): ReturnType<typeof spawn>;
  remove(): void;
}

/** Networks of namespaces, joined by a bridge that plays the internet. Nothing touches the machine's own network. */
export function createNatNetwork(): NatNetwork {
  const prefix = `gf${process.pid}`;
  const internet = `${prefix}-net`;
  const server = `${prefix}-srv`;
  const namespaces: string[] = [];
  let nats = 0;

  const shell = (script: string) =>
    execFileSync('sh', ['-ec', script], { stdio: ['ignore', 'ignore', 'pipe'] });
  const addNamespace = (name: string) => {
    shell(`ip netns add ${name}; ip -n ${name} link set lo up`);
    namespaces.push(name);
  };
  const join = (namespace: string, address: string, index: number) =>
    shell(`
      ip -n ${internet} link add port${index} type veth peer name out netns ${namespace}
      ip -n ${internet} link set port${index} master internet up
      ip -n ${namespace} addr add ${address}/24 dev out
      ip -n ${namespace} link set out up
      ip -n ${namespace} route add default via ${UPSTREAM_ADDRESS}
    `);

  addNamespace(internet);
  shell(`
    ip -n ${internet} link add internet type bridge
    ip -n ${internet} addr add ${UPSTREAM_ADDRESS}/24 dev internet
    ip -n ${internet} link set internet up
    ip netns exec ${internet} sysctl -qw net.ipv4.ip_forward=0
  `);
  addNamespace(server);
  join(server, SERVER_ADDRESS, 0);

  return {
    server,
    addNat({ kind, machines, isolated = false, hairpin = false }) {
      nats += 1;
      const router = `${prefix}-r${nats}`;
      const outside = `${PUBLIC_NET}.${10 + nats}`;
      addNamespace(router);
      join(router, outside, nats);
      shell(`ip netns exec ${router} sysctl -qw net.ipv4.ip_forward=1`);
      const inside = Array.from({ length: machines }, (_, index) => {
        const machine = `${prefix}-n${nats}m${index}`;
        addNamespace(machine);
        const net = `10.${nats}.${index}`;
        shell(`
          ip -n ${router} link add in${index} type veth peer name eth0 netns ${machine}
          ip -n ${router} addr add ${net}.1/24 dev in${index}
          ip -n ${router} link set in${index} up
          ip -n ${machine} addr add ${net}.2/24 dev eth0
          ip -n ${machine} link set eth0 up
          ip -n ${machine} route add default via ${net}.1
          ip netns exec ${machine} sysctl -qw net.ipv4.ip_local_port_range="${portsOf(index).join(' ')}"
        `);
        return machine;
      });
      const rules = rulesFor({ kind, outside, nat: nats, machines, isolated, hairpin });
      execFileSync('ip', ['netns', 'exec', router, 'nft', '-f', '-'], { input: rules });
      return inside;
    },
    inside: (namespace, [program = '', ...rest], options) =>
      spawn('ip', ['netns', 'exec', namespace, program, ...rest], options),
    remove() {
      for (const name of namespaces.splice(0).reverse())
        try {
          shell(`ip netns delete ${name}`);
        } catch {
          // It is gone already.
        }
    },
  };
}

/** Each machine behind a NAT takes its ports from a range of its own, by which a full cone distinguishes them. */
function portsOf(machine: number): [number, number] {
  return [40_000 + machine * 5_000, 44_999 + machine * 5_000];
}

function rulesFor(options: {
  kind: NatKind;
  outside: string;
  nat: number;
  machines: number;
  isolated: boolean;
  hairpin: boolean;
}): string {
  const { kind, outside, nat, machines, isolated, hairpin } = options;
  const inner = `10.${nat}.0.0/16`;
  const source: Record<NatKind, string> = {
    'full cone': `snat to ${outside}`,
    'port-restricted': 'masquerade',
    symmetric: 'masquerade fully-random',
  };
  // Whoever sends to a machine's port reaches it; with hairpin also from inside.
  const open = Array.from({ length: machines }, (_, machine) => {
    const [first, last] = portsOf(machine);
    return `${hairpin ? '' : 'iif "out" '}ip daddr ${outside} udp dport ${first}-${last} dnat to 10.${nat}.${machine}.2`;
  });
  return `
    table ip filter {
      chain input {
        type filter hook input priority 0; policy accept;
        # Left alone, an early probe would claim the very mapping that the probe going out needs.
        iif "out" meta l4proto udp drop
      }
      chain forward {
        type filter hook forward priority 0; policy accept;
        ct status dnat accept
        iif "out" ct state new drop
        ${isolated ? `ip saddr ${inner} ip daddr ${inner} drop` : ''}
      }
    }
    table ip nat {
      chain prerouting {
        type nat hook prerouting priority -100;
        ${kind === 'full cone' ? open.join('\n        ') : ''}
      }
      chain postrouting {
        type nat hook postrouting priority 100;
        oif "out" ${source[kind]}
        ${hairpin ? `ip saddr ${inner} ip daddr ${inner} ct status dnat snat to ${outside}` : ''}
      }
    }
  `;
}
