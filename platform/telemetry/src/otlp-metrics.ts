import {
  AggregationTemporality,
  DataPointType,
  type Histogram,
  InstrumentType,
  type MetricData,
  type ScopeMetrics,
} from '@opentelemetry/sdk-metrics';
import type { MetricObjectWithValues, MetricValue } from 'prom-client';

type PromMetric = MetricObjectWithValues<MetricValue<string>>;
type PromValue = MetricValue<string> & { metricName?: string };
type Attributes = Record<string, string | number>;

/** Turns what a registry of prom-client holds into OTLP's data model: counters and histograms cumulative since `startedAt`. */
export function toScopeMetrics(
  metrics: readonly PromMetric[],
  times: { startedAt: number; now: number },
): ScopeMetrics {
  const interval = { startTime: toHrTime(times.startedAt), endTime: toHrTime(times.now) };
  const pointOf = <T>(attributes: Attributes, value: T) => ({ ...interval, attributes, value });
  return {
    scope: { name: '@giggityflix/telemetry' },
    metrics: metrics.flatMap((metric): MetricData[] => {
      const { name, help: description } = metric;
      const type = String(metric.type);
      const base = { aggregationTemporality: AggregationTemporality.CUMULATIVE };
      const descriptor = { name, description, unit: unitOf(name), valueType: 1, advice: {} };
      const numbers = () => metric.values.map(({ labels, value }) => pointOf(attributesOf(labels), value));
      if (type === 'counter')
        return [
          {
            ...base,
            descriptor: { ...descriptor, type: InstrumentType.COUNTER },
            dataPointType: DataPointType.SUM,
            isMonotonic: true,
            dataPoints: numbers(),
          } as MetricData,
        ];
      if (type === 'gauge')
        return [
          {
            ...base,
            descriptor: { ...descriptor, type: InstrumentType.GAUGE },
            dataPointType: DataPointType.GAUGE,
            dataPoints: numbers(),
          } as MetricData,
        ];
      if (type === 'histogram')
        return [
          {
            ...base,
            descriptor: { ...descriptor, type: InstrumentType.HISTOGRAM },
            dataPointType: DataPointType.HISTOGRAM,
            dataPoints: histograms(metric).map(([attributes, value]) => pointOf(attributes, value)),
          } as MetricData,
        ];
      // Summaries are Node.js's own and have no counterpart that collectors take.
      return [];
    }),
  };
}

/** Joins the buckets, the sum and the count of each combination of labels. */
function histograms({ name, values }: PromMetric): [Attributes, Histogram][] {
  const series = new Map<string, { attributes: Attributes; buckets: [number, number][]; sum: number }>();
  for (const { labels, value, metricName } of values as readonly PromValue[]) {
    const { le, ...rest } = labels as Attributes;
    const key = JSON.stringify(rest);
    const one = series.get(key) ?? { attributes: attributesOf(rest), buckets: [], sum: 0 };
    series.set(key, one);
    if (metricName === `${name}_bucket`) one.buckets.push([le === '+Inf' ? Infinity : Number(le), value]);
    else if (metricName === `${name}_sum`) one.sum = value;
  }
  return [...series.values()].map(({ attributes, buckets, sum }) => {
    buckets.sort(([one], [other]) => one - other);
    // Prometheus counts what is at most the bound, OTLP what lies between two.
    const counts = buckets.map(([, count], index) => count - (buckets[index - 1]?.[1] ?? 0));
    const boundaries = buckets.map(([bound]) => bound).filter(Number.isFinite);
    return [attributes, { buckets: { boundaries, counts }, sum, count: buckets.at(-1)?.[1] ?? 0 }];
  });
}

function attributesOf(labels: Partial<Record<string, string | number>>): Attributes {
  const { service: _, ...attributes } = labels;
  return attributes as Attributes;
}

/** Seconds since 1970, and nanoseconds. */
function toHrTime(ms: number): [number, number] {
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1e6];
}

/** The names of Prometheus end with their unit. */
function unitOf(name: string): string {
  const stem = name.replace(/_total$/, '');
  return stem.endsWith('_seconds') ? 's' : stem.endsWith('_bytes') ? 'By' : '';
}
