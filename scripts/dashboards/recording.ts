import { stringify } from 'yaml';

/**
 * Over how long a recorded rate is taken: as the alerts do, and long enough for four scrapes at any interval of use.
 * Dashboards and alerts read the same series, and agree.
 */
const WINDOW = '5m';
const RECORDED = new RegExp(`\\b(\\w+):(\\w+):rate${WINDOW}\\b`, 'g');

/** The name of a rate that is recorded, `LABELS:METRIC:rate5m` as Prometheus' own practice has it. */
export function recorded(metric: string, ...by: readonly string[]): string {
  return `${by.join('_')}:${metric}:rate${WINDOW}`;
}

/** The labels of series that are recorded, by the metric and how it is named. */
const LABELS: Readonly<Record<string, readonly string[]>> = {
  le: ['le'],
  group_le: ['group', 'le'],
  route_le: ['route', 'le'],
  subgraph_le: ['subgraph', 'le'],
  subgraph_outcome: ['subgraph', 'outcome'],
};

/**
 * Rules for the rates that `expressions` read: a process exports a series for each bucket and label of a histogram, and a page of
 * quantiles would read those of all processes each time it is looked at.
 */
export function recordingRules(expressions: readonly string[]): { record: string; expr: string }[] {
  const rules = new Map<string, string>();
  for (const [record, by = '', metric] of expressions.flatMap((expr) => [...expr.matchAll(RECORDED)])) {
    const labels = LABELS[by];
    if (!labels) throw new Error(`${record}: the labels ${by} are not known`);
    rules.set(record, `sum by (${labels.join(', ')}) (rate(${metric}[${WINDOW}]))`);
  }
  return [...rules].sort().map(([record, expr]) => ({ record, expr }));
}

/** A file of rules as Prometheus takes it. */
export function renderRules(rules: readonly { record: string; expr: string }[]): string {
  return `# Rates that the alerts and the dashboards read. Written by npm run generate, from scripts/dashboards.\n${stringify(
    { groups: [{ name: 'giggityflix-rates', rules }] },
    { lineWidth: 0 },
  )}`;
}
