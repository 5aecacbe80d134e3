import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { requireRoot } from '@giggityflix/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HomeNetworkReport } from '../../testing/home-network-process.ts';
import { defaultGateway } from './nat-pmp.ts';

const root = requireRoot();
const HOME_NETWORK = fileURLToPath(new URL('../../testing/home-network-process.ts', import.meta.url));

/** A network of its own with a machine and a router, which speaks `protocol`; resolves with what the router was asked. */
function atHome(protocol: 'upnp' | 'nat-pmp'): Promise<HomeNetworkReport> {
  const name = `gf-home-${process.pid}-${protocol}`;
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });
  ip('netns', 'add', name);
  onTestFinished(() => void ip('netns', 'delete', name));
  ip('-n', name, 'link', 'add', 'lan', 'type', 'veth', 'peer', 'name', 'cable');
  ip('-n', name, 'link', 'set', 'cable', 'up');
  ip('-n', name, 'addr', 'add', '192.168.7.2/24', 'dev', 'lan');
  ip('-n', name, 'addr', 'add', '192.168.7.1/32', 'dev', 'lo');
  ip('-n', name, 'link', 'set', 'lan', 'up', 'multicast', 'on');
  ip('-n', name, 'link', 'set', 'lo', 'up');
  ip('-n', name, 'route', 'add', 'default', 'via', '192.168.7.254');
  return new Promise((resolve, reject) => {
    const child = spawn('ip', ['netns', 'exec', name, process.execPath, HOME_NETWORK, protocol], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill());
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', () => resolve(JSON.parse(text) as HomeNetworkReport));
  });
}

describe.skipIf(root.skip)('a router found by its own protocol', () => {
  it('speaking UPnP forwards the ports', async () => {
    const { status, asked } = await atHome('upnp');
    expect(status).toEqual({
      state: 'mapped',
      reason: null,
      mapped: [50_200, 50_201].map((port) => ({
        internalPort: port,
        externalHost: '198.18.0.9',
        externalPort: port + 1_000,
      })),
    });
    expect(asked).toEqual(
      expect.arrayContaining([
        'AddAnyPortMapping 192.168.7.2:50200/UDP',
        'AddAnyPortMapping 192.168.7.2:50201/UDP',
      ]),
    );
  });

  it('speaking NAT-PMP forwards the ports for two hours, and hears when they are no longer needed', async () => {
    const { status, asked } = await atHome('nat-pmp');
    expect(status).toMatchObject({
      state: 'mapped',
      mapped: [{ externalPort: 51_200 }, { externalPort: 51_201 }],
    });
    expect(asked).toEqual([
      'map UDP 50200 for 7200 s',
      'address',
      'map UDP 50201 for 7200 s',
      'address',
      'map UDP 50200 for 0 s',
      'map UDP 50201 for 0 s',
    ]);
  });
});

it('the default gateway is the one of the route to everywhere that is up', () => {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  const lan = 'eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0';
  const out = 'eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0';
  expect(defaultGateway([head, lan, out].join('\n'))).toBe('192.168.1.1');
  expect(defaultGateway([head, lan].join('\n'))).toBeNull();
  expect(defaultGateway('')).toBeNull();
});
