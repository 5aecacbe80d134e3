import { createMetrics } from '@giggityflix/telemetry';
import { expect, it } from 'vitest';
import type { ComplianceSuite } from './suite.ts';

/** What an operator can see. */
export function operations(suite: ComplianceSuite): void {
  const { open, fresh, collect } = suite;

  it('reports whether it can be reached', async () => {
    await expect(suite.bus.check()).resolves.toBeUndefined();
  });

  it('counts what it does', async () => {
    const { topic, groupId } = fresh();
    const registry = createMetrics('test', { processMetrics: false });
    const other = await open(registry);
    const { got } = await collect(
      topic,
      { groupId },
      ({ value }) => {
        if (value.n === 2) throw new Error('no');
      },
      other,
    );
    const before = await registry.metrics();
    expect(before).toMatch(new RegExp(`bus_retries_total{topic="${topic.name}".*} 0`));
    expect(before).toMatch(new RegExp(`bus_dead_letters_total{topic="${topic.name}".*} 0`));
    await other.publish([1, 2].map((n) => ({ topic, key: 'k', value: { n } })));
    await expect.poll(() => got).toHaveLength(4);
    await other.stop();
    const text = await registry.metrics();
    expect(text).toMatch(new RegExp(`bus_published_total{topic="${topic.name}".*} 2`));
    expect(text).toMatch(new RegExp(`bus_publish_failures_total{topic="${topic.name}".*} 0`));
    expect(text).toMatch(new RegExp(`bus_retries_total{topic="${topic.name}".*} 2`));
    expect(text).toMatch(new RegExp(`bus_dead_letters_total{topic="${topic.name}".*} 1`));
    expect(text).toMatch(new RegExp(`bus_handle_seconds_count{.*topic="${topic.name}".*} 1`));
  });
}
