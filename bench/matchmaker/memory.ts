/** Prints the bytes that a million registrations take, beside a million plain objects in a Map. */
import { createEmbeddedRegistrations } from '../../matchmaker/src/registrations/registrations.embedded.ts';

const COUNT = 1_000_000;
const collect = (globalThis as { gc?: () => void }).gc as () => void;

function grown(fill: () => unknown): { bytes: number; kept: unknown } {
  collect();
  const before = process.memoryUsage();
  const kept = fill();
  collect();
  const after = process.memoryUsage();
  return { bytes: after.heapUsed + after.external - before.heapUsed - before.external, kept };
}

const facts = (n: number) => ({
  address: `${1 + (n >>> 24)}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`,
  port: 1_024 + (n % 60_000),
  peerId: `gf1${n.toString(32).padStart(32, 'a')}`,
});

const plain = grown(() => {
  const map = new Map<string, object>();
  for (let n = 0; n < COUNT; n += 1) {
    const { address, port, peerId } = facts(n);
    map.set(peerId, { address, port, at: Date.now() });
  }
  return map;
});
(plain.kept as Map<string, object>).clear();

const ours = grown(() => {
  const registrations = createEmbeddedRegistrations({ ttlMs: 120_000, max: COUNT, maxPerAddress: 100 });
  for (let n = 0; n < COUNT; n += 1)
    registrations.put({ ...facts(n), local: null, proven: false, vouched: false });
  return registrations;
});
process.stdout.write(
  JSON.stringify({ plain: plain.bytes / COUNT, ours: ours.bytes / COUNT, kept: typeof ours.kept }),
);
