import { freePorts } from '@giggityflix/kernel/free-ports';

/** The variables of the ports that `npm start` listens on. */
const PORTS = [
  'GATEWAY_PORT',
  'TRACKER_PORT',
  'VIEWING_PORT',
  'CATALOG_PORT',
  'IDENTITY_PORT',
  'EDGE_PORT',
  'EDGE_HTTP_PORT',
  'MATCHMAKER_PORT',
  'MATCHMAKER_HTTP_PORT',
  'PEER_HTTP_PORT',
] as const;

export type StackPorts = Readonly<Record<(typeof PORTS)[number], number>>;

/** A free port of the loopback interface for each listener of `npm start`. */
export async function freeStackPorts(): Promise<StackPorts> {
  const numbers = await freePorts(PORTS.length);
  return Object.fromEntries(PORTS.map((name, index) => [name, numbers[index]])) as StackPorts;
}
