import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface HomeNetwork {
  /** Of this machine, in the network. */
  readonly address: string;
  /** Runs a program on the other machine of the network; for what takes the path of a program. */
  program(path: string): string;
  remove(): void;
}

/** A network of two: this machine, and one that is a namespace, which reaches nothing else. */
export function createHomeNetwork(): HomeNetwork {
  const name = `gfh${process.pid}`;
  const net = `10.213.${process.pid % 250}`;
  const folder = mkdtempSync(join(tmpdir(), 'giggityflix-network-'));
  const shell = (script: string) => execFileSync('sh', ['-ec', script], { stdio: 'pipe' });
  shell(`
    ip netns add ${name}
    ip link add ${name} type veth peer name out netns ${name}
    ip addr add ${net}.1/24 dev ${name}
    ip link set ${name} up
    ip -n ${name} link set lo up
    ip -n ${name} addr add ${net}.2/24 dev out
    ip -n ${name} link set out up
  `);
  return {
    address: `${net}.1`,
    program(path) {
      const script = join(folder, 'inside');
      writeFileSync(script, `#!/bin/sh\nexec ip netns exec ${name} ${path} "$@"\n`, { mode: 0o755 });
      return script;
    },
    remove() {
      shell(`ip netns delete ${name}`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
