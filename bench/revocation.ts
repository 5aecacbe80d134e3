import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaJars, startKafka } from '@giggityflix/testing/processes';
import { startRevocable } from '../tests/security/revocable.ts';
import { type BenchRow, percentile, row } from './row.ts';

/** How many devices are revoked, one after the other. */
export const options = { devices: 20 };

/** What docs/security.md promises, in milliseconds. */
const PROMISED = { name: 'promised', value: 2_000 };
/** How often it is looked whether a session has ended and a token is refused, in milliseconds. */
const LOOK_EVERY_MS = 5;

/** How long a device that was revoked goes on: its session, its subscription, and its token at the gateway. */
export default async function revocation(chosen: typeof options): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'revocation-bench-'));
  const kafka = existsSync(kafkaJars()) ? await startKafka('java') : null;
  if (!kafka) console.error('no Kafka: run npm run setup:system');
  try {
    const embedded = { BUS: 'embedded', BUS_PATH: join(folder, 'bus.db') };
    const rows = await measure('embedded', embedded, chosen);
    if (!kafka) return rows;
    const onKafka = {
      BUS: 'kafka',
      KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
      KAFKA_TOPIC_PARTITIONS: '2',
    };
    return [...rows, ...(await measure('Kafka', onKafka, chosen))];
  } finally {
    await kafka?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  name: string,
  bus: Record<string, string>,
  chosen: typeof options,
): Promise<BenchRow[]> {
  const platform = await startRevocable(bus);
  const { device, play, subscribe, revoke, statusOf, asked } = platform;
  const times = { session: [] as number[], subscription: [] as number[], token: [] as number[] };
  try {
    for (let n = 0; n < chosen.devices; n += 1) {
      const { id: accountId } = await platform.identity.person(`person ${n}`);
      const [tv, phone] = await Promise.all([device(accountId), device(accountId)]);
      const session = await play(tv);
      const closed = Promise.withResolvers<void>();
      const ticked = Promise.withResolvers<void>();
      const client = subscribe(tv, { tick: ticked.resolve, closed: () => closed.resolve() });
      await ticked.promise;
      const from = performance.now();
      const elapsed = () => performance.now() - from;
      const until = async (isOver: () => Promise<boolean>) => {
        while (!(await isOver())) await sleep(LOOK_EVERY_MS);
        return elapsed();
      };
      await revoke(tv);
      const [ended, unsubscribed, refused] = await Promise.all([
        until(async () => (await statusOf(session, phone)) === 'terminated'),
        closed.promise.then(elapsed),
        until(async () => (await asked(tv)) === 401),
      ]);
      times.session.push(ended);
      times.subscription.push(unsubscribed);
      times.token.push(refused);
      await client.dispose();
    }
  } finally {
    await platform.stop();
  }
  return Object.entries(times).flatMap(([what, all]) => [
    row(`${name}: ${what} of a revoked device ends after, p50`, 'ms', percentile(all, 50)),
    row(`${name}: ${what} of a revoked device ends after, longest`, 'ms', Math.max(...all), PROMISED),
  ]);
}
