import { recorded } from './recording.ts';

/** A query of Prometheus, and how Grafana names its series. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

/** Units as Grafana names them. */
export type Unit = 'short' | 's' | 'bytes' | 'reqps';

export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
}

export interface Dashboard {
  /** Names the file, and the dashboard in Grafana's addresses. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
}

/** How often something happens, by `by`. */
export function rate(metric: string, by: string): string {
  return `sum by (${by}) (rate(${metric}[$__rate_interval]))`;
}

/** How often something happens: a series for each value of the labels. */
export function rates(metric: string, ...labels: readonly string[]): Query {
  return {
    expr: rate(metric, labels.join(', ')),
    legend: labels.map((label) => `{{${label}}}`).join(' '),
  };
}

/** How often something happens in all processes together. */
export function total(metric: string): string {
  return `sum(rate(${metric}[$__rate_interval]))`;
}

/** What `share` of the observations of a histogram stays below, by `by`. */
function quantile(share: number, histogram: string, by = ''): string {
  return `histogram_quantile(${share}, ${recorded(`${histogram}_bucket`, ...(by === '' ? [] : [by]), 'le')})`;
}

/** The median and the slowest hundredth of a histogram. */
export function latency(histogram: string, by = ''): Query[] {
  const label = by === '' ? '' : ` {{${by}}}`;
  return [
    { expr: quantile(0.5, histogram, by), legend: `p50${label}` },
    { expr: quantile(0.99, histogram, by), legend: `p99${label}` },
  ];
}

/** What every process reports, whatever it does. */
export function processPanels(service: string): Panel[] {
  const of = `{service="${service}"}`;
  return [
    {
      title: 'Ready',
      description: 'Whether GET /ready answers 200',
      unit: 'short',
      queries: [{ expr: `service_ready${of}`, legend: '{{instance}}' }],
    },
    {
      title: 'Processor',
      description: 'Processor time taken, in cores',
      unit: 'short',
      queries: [{ expr: `rate(process_cpu_seconds_total${of}[$__rate_interval])`, legend: '{{instance}}' }],
    },
    {
      title: 'Memory',
      description: 'Resident memory',
      unit: 'bytes',
      queries: [{ expr: `process_resident_memory_bytes${of}`, legend: '{{instance}}' }],
    },
    {
      title: 'Event-loop delay',
      description: 'The longest hundredth of the delays; above 0.2 s a process has more to do than it can',
      unit: 's',
      queries: [{ expr: `nodejs_eventloop_lag_p99_seconds${of}`, legend: '{{instance}}' }],
    },
  ];
}
