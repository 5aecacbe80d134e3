import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { requireCoturn, requireRoot } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCoturn, TURN_PORT, TURN_SECRET } from './coturn.ts';
import { createNatNetwork, type NatNetwork, SERVER_ADDRESS } from './network.ts';
import { table } from './table.ts';

const root = requireRoot();
const coturn = requireCoturn();

const MATCHMAKER_PORT = 12_345;

type Message = Record<string, unknown>;

interface Machine {
  peerId: string;
  /** Where the matchmaker sees it. */
  endpoint: { address: string; port: number };
  order(what: object): void;
  /** The first message that is wanted, of all since the start. */
  heard(wanted: (message: Message) => boolean): Promise<Message>;
  onSignal(call: string, handler: (signal: unknown) => void): void;
}

/** A pair takes 4 s at most, which is when hole punching gives up; other tests may hold up both cores meanwhile. */
const PAIR_TIMEOUT_MS = 60_000;

describe.skipIf(root.skip || coturn.skip)('peers behind NATs', { timeout: PAIR_TIMEOUT_MS }, () => {
  let network: NatNetwork;
  const children: ReturnType<NatNetwork['inside']>[] = [];
  const rows: string[][] = [['pair', 'hole punching', 'film over WebRTC']];
  let machines: Record<string, Machine>;

  beforeAll(async () => {
    network = createNatNetwork();
    await startServers();
    const [cone1] = network.addNat({ kind: 'full cone', machines: 1 });
    const [cone2] = network.addNat({ kind: 'full cone', machines: 1 });
    const [port1] = network.addNat({ kind: 'port-restricted', machines: 1 });
    const [port2] = network.addNat({ kind: 'port-restricted', machines: 1 });
    const [symmetric1] = network.addNat({ kind: 'symmetric', machines: 1 });
    const [symmetric2] = network.addNat({ kind: 'symmetric', machines: 1 });
    const [home1, home2] = network.addNat({ kind: 'port-restricted', machines: 2 });
    const [hairpin1, hairpin2] = network.addNat({
      kind: 'full cone',
      machines: 2,
      isolated: true,
      hairpin: true,
    });
    const [apart1, apart2] = network.addNat({ kind: 'full cone', machines: 2, isolated: true });
    const named = {
      cone1,
      cone2,
      port1,
      port2,
      symmetric1,
      symmetric2,
      home1,
      home2,
      hairpin1,
      hairpin2,
      apart1,
      apart2,
    };
    machines = Object.fromEntries(
      await Promise.all(
        Object.entries(named).map(async ([name, namespace]) => [
          name,
          await startMachine(name, namespace as string),
        ]),
      ),
    );
  }, 120_000);

  afterAll(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
    }
    network?.remove();
    console.log(table(rows));
  });

  // Which pairs need a relay: RFC 5128, section 3.3, and Ford et al. 2005, section 5.
  // The pairs run at once: those without a direct path wait together until hole punching gives up.
  test.concurrent.each([
    ['full cone', 'full cone', 'cone1', 'cone2', 'direct'],
    ['full cone', 'port-restricted', 'cone1', 'port1', 'direct'],
    ['full cone', 'symmetric', 'cone1', 'symmetric1', 'direct'],
    ['port-restricted', 'port-restricted', 'port1', 'port2', 'direct'],
    ['port-restricted', 'symmetric', 'port1', 'symmetric1', 'relay'],
    ['symmetric', 'symmetric', 'symmetric1', 'symmetric2', 'relay'],
    ['one NAT', 'the same', 'home1', 'home2', 'direct'],
    ['one NAT with hairpin', 'the same, set apart', 'hairpin1', 'hairpin2', 'direct'],
    ['one NAT without hairpin', 'the same, set apart', 'apart1', 'apart2', 'relay'],
  ] as const)('%s and %s', async (oneKind, otherKind, oneName, otherName, theory) => {
    const one = machines[oneName] as Machine;
    const other = machines[otherName] as Machine;
    one.order({ do: 'punch', target: other.peerId });
    const [punched, streamed] = await Promise.all([
      one.heard(({ punched: target }) => target === other.peerId),
      streamFilm(one, other),
    ]);
    const hole = punched.failed ? `none (${punched.failed})` : 'direct';
    const relayed = [streamed.local, streamed.remote].includes('relay');
    rows.push([
      `${oneKind} - ${otherKind}`,
      punched.failed ? 'none' : 'direct',
      `${relayed ? 'relay' : 'direct'} (${streamed.local} - ${streamed.remote})`,
    ]);
    expect(streamed.streamed).toBe(true);
    if (theory === 'direct') {
      expect(hole).toBe('direct');
      expect(relayed).toBe(false);
    } else {
      expect(hole).toMatch(/^none/);
      expect(relayed).toBe(true);
    }
  });

  test('every machine is seen at its NAT’s address', () => {
    for (const { endpoint } of Object.values(machines))
      expect(endpoint.address).toMatch(/^203\.0\.113\.1\d$/);
  });

  async function streamFilm(viewer: Machine, peer: Machine): Promise<Message> {
    const call = `${viewer.peerId}-${peer.peerId}`;
    viewer.onSignal(call, (signal) => peer.order({ do: 'signal', call, signal }));
    peer.onSignal(call, (signal) => viewer.order({ do: 'signal', call, signal }));
    viewer.order({ do: 'stream', call, offer: true });
    return viewer.heard((message) => message.call === call && 'streamed' in message);
  }

  async function startServers(): Promise<void> {
    const matchmaker = network.inside(
      network.server,
      [process.execPath, join(import.meta.dirname, '../../matchmaker/src/main.ts')],
      {
        env: {
          ...process.env,
          MATCHMAKER_HOST: SERVER_ADDRESS,
          STATE: 'embedded',
          AUTH_MODE: 'demo',
          NODE_ENV: 'test',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const turn = startCoturn(network, coturn.path as string);
    children.push(matchmaker, turn);
    await new Promise<void>((resolve) => {
      createInterface({ input: matchmaker.stdout! }).on(
        'line',
        (line) => line.includes('matchmaker listens') && resolve(),
      );
    });
  }

  async function startMachine(peerId: string, namespace: string): Promise<Machine> {
    const child = network.inside(
      namespace,
      [
        process.execPath,
        join(import.meta.dirname, 'machine.ts'),
        JSON.stringify({
          peerId,
          server: { address: SERVER_ADDRESS, port: MATCHMAKER_PORT },
          turn: { address: SERVER_ADDRESS, port: TURN_PORT, ...turnCredentials(peerId) },
        }),
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    children.push(child);
    const messages: Message[] = [];
    const waiting = new Set<() => void>();
    const handlers = new Map<string, (signal: unknown) => void>();
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const message = JSON.parse(line) as Message;
      if ('signal' in message) handlers.get(String(message.call))?.(message.signal);
      else messages.push(message);
      for (const wake of waiting) wake();
    });
    const heard: Machine['heard'] = async (wanted) => {
      for (;;) {
        const found = messages.find(wanted);
        if (found) return found;
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    };
    const { registered } = await heard((message) => 'registered' in message);
    return {
      peerId,
      endpoint: registered as Machine['endpoint'],
      order: (what) => child.stdin?.write(`${JSON.stringify(what)}\n`),
      heard,
      onSignal: (call, handler) => handlers.set(call, handler),
    };
  }
});

/** The TURN REST convention: the name is when it ends, the password its HMAC under the shared secret. */
function turnCredentials(user: string): { username: string; password: string } {
  const username = `${Math.floor(Date.now() / 1_000) + 3_600}:${user}`;
  return { username, password: createHmac('sha1', TURN_SECRET).update(username).digest('base64') };
}
