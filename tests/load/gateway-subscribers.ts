/**
 * Subscribes many clients to one gateway process and prints what that costs:
 * `node tests/load/gateway-subscribers.ts [--subscribers=5000] [--rate=50] [--seconds=20] [--processes=4]`. The
 * clients are in other processes; one more reads nothing at all. Exits 1 unless each client got each event once, in
 * order, and the one that does not read was let go.
 */
import { parseArgs } from 'node:util';
import { loadSubscribers } from './gateway/subscribers.ts';

const { values } = parseArgs({
  options: {
    subscribers: { type: 'string', default: '5000' },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '20' },
    processes: { type: 'string', default: '4' },
  },
});
const subscribers = Number(values.subscribers);
const figures = await loadSubscribers({
  subscribers,
  eventsPerSecond: Number(values.rate),
  seconds: Number(values.seconds),
  processes: Number(values.processes),
});
const { sent, delivered, wrong, closed, slowReaderCode } = figures;
console.log(
  `${subscribers} subscribers · ${sent} events · ${delivered} of ${sent * subscribers} delivered · ` +
    `${wrong} out of order or wrong · ${closed} sockets lost · slow reader closed with ${slowReaderCode}`,
);
console.log(
  `memory per idle subscriber ${(figures.bytesPerSubscriber / 1_000).toFixed(1)} kB · ` +
    `rss ${figures.rssMiB.toFixed(0)} MiB · cpu ${figures.cpuShare.toFixed(2)} of a core for ${figures.tookSeconds.toFixed(1)} s · ` +
    `latency mean ${figures.latencyMeanMs.toFixed(0)} ms, max ${figures.latencyMaxMs} ms`,
);
const passed = delivered === sent * subscribers && wrong === 0 && closed === 0 && slowReaderCode !== null;
process.exit(passed ? 0 : 1);
