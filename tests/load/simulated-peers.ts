/** A process of simulated peers: `simulated-peers.ts <port> <count> <heartbeat ms>`. Reports over IPC. */
import { connectPeer, type SimulatedPeer } from '../../bench/edge/peers.ts';

const [port, count, heartbeatMs] = process.argv.slice(2).map(Number) as [number, number, number];
/** Registrations under way at once. */
const AT_ONCE = 50;

const peers: SimulatedPeer[] = [];
let lost = 0;
for (let opened = 0; opened < count; opened += AT_ONCE) {
  const batch = Array.from({ length: Math.min(AT_ONCE, count - opened) }, () => connectPeer(port));
  for (const peer of await Promise.all(batch)) {
    peer.call.on('status', () => {
      lost++;
    });
    peers.push(peer);
  }
}
process.send?.({ registered: peers.length });

// Spread over the interval, as the daemons' own timers are.
let next = 0;
const step = Math.max(5, heartbeatMs / peers.length);
setInterval(() => {
  for (let due = Math.max(1, Math.round((5 * peers.length) / heartbeatMs)); due > 0; due--) {
    const seconds = Math.floor(Date.now() / 1_000);
    peers[next]?.send({ $case: 'heartbeat', value: { sentAt: { seconds, nanos: 0 }, activeStreams: 0 } });
    next = (next + 1) % peers.length;
  }
}, step);

process.on('message', () => process.send?.({ lost }));
process.on('disconnect', () => process.exit(0));
