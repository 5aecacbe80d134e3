import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { claimPort, releasePort } from './port-claims.ts';

/**
 * Ports below those the system gives to outgoing connections (32768 and up on Linux), any of which might otherwise take a
 * port between its choice here and the start of the server it is for, or while that server is restarted. A node of a
 * Redis Cluster also listens on its port plus 10,000.
 */
const PORTS = { first: 10_000, count: 10_000 };

/**
 * Chooses free TCP ports of the loopback address for servers that must be told theirs. No other process is given them by this
 * function while this one runs, also before and between times that something listens there.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries += 1) {
    if (tries > PORTS.count) throw new Error('no free ports are left');
    const port = PORTS.first + randomInt(PORTS.count);
    if (!claimPort(port)) continue;
    if (await isFreePort(port)) ports.add(port);
    else releasePort(port);
  }
  return [...ports];
}

/** Whether nothing listens at a TCP port of the loopback address. */
export async function isFreePort(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
