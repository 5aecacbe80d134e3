import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fuzz, fuzzTarget, TARGETS } from './run.ts';

it.each(TARGETS)('%s takes what comes for a second', { timeout: 120_000 }, async (name) => {
  const report = await fuzz(name, { seconds: 1, seed: 1 });
  expect(report.failure).toBeNull();
  expect(report.executions).toBeGreaterThan(0);
});

it('npm run fuzz lists its targets', () => {
  const script = join(import.meta.dirname, '../../scripts/fuzz.ts');
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect(status).toBe(2);
  for (const name of TARGETS) expect(stderr).toContain(name);
});

it('what fails is found again with the same seed, as small as it gets', async () => {
  const broken = () => ({
    inputs: fc.array(fc.integer({ min: 0, max: 1_000 })) as fc.Arbitrary<unknown>,
    async run(input: unknown) {
      if ((input as number[]).some((value) => value > 100)) throw new Error('too large');
    },
  });
  const report = await fuzzTarget(broken(), { seconds: 10, seed: 7 });
  expect(report.failure).toMatchObject({ input: [101], error: expect.stringContaining('too large') });
  const again = await fuzzTarget(broken(), { seconds: 10, seed: 7 });
  expect(again).toMatchObject({ executions: report.executions, failure: { path: report.failure?.path } });
});

it('an input that never ends, and an error nobody waits for, are failures', async () => {
  const target = (run: () => Promise<void>) => ({ inputs: fc.constant(null) as fc.Arbitrary<unknown>, run });
  const hanging = target(() => new Promise(() => {}));
  const options = { seconds: 1, seed: 1, hangMs: 50 };
  expect((await fuzzTarget(hanging, options)).failure?.error).toContain('one input');
  const careless = target(async () => {
    process.emit('uncaughtException', new Error('thrown by a listener'));
  });
  expect((await fuzzTarget(careless, options)).failure?.error).toContain('thrown by a listener');
});
