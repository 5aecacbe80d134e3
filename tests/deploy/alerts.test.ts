import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, requirePromtool } from '@giggityflix/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const RULES = join(ROOT, 'deploy/alerts.yaml');
const RECORDED = join(ROOT, 'deploy/rules.yaml');
const promtool = requirePromtool();
const folder = mkdtempSync(join(tmpdir(), 'giggityflix-alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Series by name and labels, a value every 15 s for half an hour, in promtool's notation. */
type Series = Record<string, string>;

/** For each alert what it keeps quiet at, and what it fires at. */
const ALERTS: Record<string, { quiet: Series; firing: Series }> = {
  ServiceDown: {
    quiet: { 'up{job="giggityflix",instance="a"}': '1x117 0x2' },
    firing: { 'up{job="giggityflix",instance="a"}': '1x100 0x19' },
  },
  ServiceNotReady: {
    quiet: { 'service_ready{service="edge"}': '1x119' },
    firing: { 'service_ready{service="edge"}': '0x119' },
  },
  SubgraphUnavailable: {
    quiet: { 'gateway_subgraphs_unavailable{instance="a"}': '0x119' },
    firing: { 'gateway_subgraphs_unavailable{instance="a"}': '0x100 1x19' },
  },
  SubgraphFailing: {
    quiet: {
      'gateway_subgraph_fetch_seconds_count{subgraph="a",outcome="failed"}': '0x119',
      'gateway_subgraph_fetch_seconds_count{subgraph="a",outcome="answered"}': '0+100x119',
    },
    firing: {
      'gateway_subgraph_fetch_seconds_count{subgraph="a",outcome="failed"}': '0+5x119',
      'gateway_subgraph_fetch_seconds_count{subgraph="a",outcome="answered"}': '0+100x119',
    },
  },
  GatewaySlow: {
    quiet: {
      'gateway_operation_seconds_bucket{le="1"}': '0+100x119',
      'gateway_operation_seconds_bucket{le="+Inf"}': '0+100x119',
    },
    firing: {
      'gateway_operation_seconds_bucket{le="1"}': '0+50x119',
      'gateway_operation_seconds_bucket{le="5"}': '0+100x119',
      'gateway_operation_seconds_bucket{le="+Inf"}': '0+100x119',
    },
  },
  ConsumerLag: {
    quiet: { 'bus_lag_records{topic="t",group="g"}': '900x119' },
    firing: { 'bus_lag_records{topic="t",group="g"}': '1200x119' },
  },
  ConsumerDown: {
    quiet: { 'bus_consumer_up{consumer="g"}': '1x119' },
    firing: { 'bus_consumer_up{consumer="g"}': '1x100 0x19' },
  },
  BusNeverReached: {
    quiet: { 'bus_connected{service="gateway",instance="a"}': '0x4 1x115' },
    firing: { 'bus_connected{service="gateway",instance="a"}': '0x119' },
  },
  ConsumerRetries: {
    quiet: { 'bus_retries_total{topic="t",group="g"}': '0x100 1x19' },
    firing: { 'bus_retries_total{topic="t",group="g"}': '0+10x119' },
  },
  DeadLetters: {
    quiet: {
      'bus_dead_letters_total{topic="t",group="g"}': '0x119',
      'edge_dead_letters_total{service="edge"}': '3x119',
    },
    firing: { 'bus_dead_letters_total{topic="t",group="g"}': '0x110 1x9' },
  },
  BusPublishFailing: {
    quiet: { 'bus_publish_failures_total{service="edge",topic="t"}': '0x119' },
    firing: { 'bus_publish_failures_total{service="edge",topic="t"}': '0x100 1x19' },
  },
  AvailabilityLate: {
    quiet: { tracker_outbox_entries: '500x119' },
    firing: { tracker_outbox_entries: '0x100 2000x19' },
  },
  TrackerBehind: {
    quiet: { 'tracker_events_behind_seconds{service="tracker"}': '1x119' },
    firing: { 'tracker_events_behind_seconds{service="tracker"}': '1x100 31+15x19' },
  },
  PeersUncounted: {
    quiet: {
      'edge_connections{instance="a",state="registered"}': '60x119',
      'edge_connections{instance="b",state="registered"}': '44x119',
      'tracker_peers{instance="c",state="CONNECTED"}': '100x119',
      'tracker_peers{instance="d",state="CONNECTED"}': '100x119',
    },
    firing: {
      'edge_connections{instance="a",state="registered"}': '60x119',
      'edge_connections{instance="b",state="registered"}': '60x119',
      'tracker_peers{instance="c",state="CONNECTED"}': '100x119',
    },
  },
  PeersGone: {
    quiet: { 'edge_connections{instance="a"}': '100x119' },
    // The edges vanish with their series.
    firing: {
      'edge_connections{instance="a"}': '100x90 stale',
      'edge_connections{instance="b"}': '100x90 stale',
    },
  },
  UpstreamBreakerOpen: {
    quiet: { 'viewing_upstream_breaker_open{upstream="identity"}': '0x119' },
    firing: { 'viewing_upstream_breaker_open{upstream="identity"}': '1x119' },
  },
  HeartbeatsDropped: {
    quiet: { viewing_heartbeat_events_dropped_total: '4x119' },
    firing: { viewing_heartbeat_events_dropped_total: '0x110 1x9' },
  },
  StoreDown: {
    quiet: { 'store_up{service="catalog",store="database"}': '1x119' },
    firing: { 'store_up{service="catalog",store="database"}': '1x100 0x19' },
  },
  // The clock of promtool begins with 1970.
  CertificateExpires: {
    quiet: { 'tls_certificate_expires_timestamp_seconds{listener="grpc"}': '2592000x119' },
    firing: { 'tls_certificate_expires_timestamp_seconds{listener="grpc"}': '864000x119' },
  },
  EventLoopBlocked: {
    quiet: { 'nodejs_eventloop_lag_p99_seconds{service="edge"}': '0.02x119' },
    firing: { 'nodejs_eventloop_lag_p99_seconds{service="edge"}': '0.5x119' },
  },
  FileDescriptorsShort: {
    quiet: { 'process_open_fds{service="edge"}': '100x119', 'process_max_fds{service="edge"}': '1024x119' },
    firing: { 'process_open_fds{service="edge"}': '1000x119', 'process_max_fds{service="edge"}': '1024x119' },
  },
};

/** @throws Error with what promtool prints when the alert is not as expected after 29 minutes. */
function check(alert: string, series: Series, isFiring: boolean): void {
  const file = join(folder, `${alert}-${isFiring}.json`);
  writeFileSync(
    file,
    JSON.stringify({
      rule_files: [RECORDED, RULES],
      evaluation_interval: '15s',
      tests: [
        {
          interval: '15s',
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: [
            {
              expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) > bool 0`,
              eval_time: '29m',
              exp_samples: isFiring ? [{ labels: '{}', value: 1 }] : [],
            },
          ],
        },
      ],
    }),
  );
  execFileSync(promtool.path, ['test', 'rules', file], { stdio: 'pipe' });
}

interface RecordingRule {
  record: string;
  expr: string;
}

/** @throws Error with what promtool prints when two processes that count together are not recorded as their sum. */
function checkRecorded({ record }: RecordingRule): void {
  const [, by = '', metric = ''] =
    /^(\w+):(\w+):rate5m$/.exec(record) ?? expect.fail(`${record} is no such name`);
  const labels = by.split('_').map((label) => `${label}="1"`);
  const file = join(folder, `${record.replaceAll(':', '-')}.json`);
  const series = (instance: string) => `${metric}{${[...labels, `instance="${instance}"`].join(',')}}`;
  writeFileSync(
    file,
    JSON.stringify({
      rule_files: [RECORDED],
      evaluation_interval: '15s',
      tests: [
        {
          interval: '15s',
          // 2 and 4 a second.
          input_series: [
            { series: series('a'), values: '0+30x119' },
            { series: series('b'), values: '0+60x119' },
          ],
          promql_expr_test: [
            {
              expr: record,
              eval_time: '29m',
              exp_samples: [{ labels: `${record}{${labels.join(',')}}`, value: 6 }],
            },
          ],
        },
      ],
    }),
  );
  execFileSync(promtool.path, ['test', 'rules', file], { stdio: 'pipe' });
}

describe.skipIf(promtool.skip)('rates that are recorded', () => {
  const rules: RecordingRule[] = parse(readFileSync(RECORDED, 'utf8')).groups[0].rules;

  it.each(rules)('$record is that of all processes', checkRecorded);

  it('are all that alerts and dashboards read', () => {
    const dashboards = readdirSync(join(ROOT, 'deploy/dashboards')).map(
      (name) => `deploy/dashboards/${name}`,
    );
    const read = ['deploy/alerts.yaml', ...dashboards].flatMap(
      (path) => readFileSync(join(ROOT, path), 'utf8').match(/\b\w+:\w+:rate\w+/g) ?? [],
    );
    expect([...new Set(read)].sort()).toEqual(rules.map(({ record }) => record).sort());
  });
});

describe.skipIf(promtool.skip)('alerts', () => {
  const names = parse(readFileSync(RULES, 'utf8')).groups.flatMap((group: { rules: { alert: string }[] }) =>
    group.rules.map(({ alert }) => alert),
  ) as string[];

  it('are all tried here', () => {
    expect(Object.keys(ALERTS).sort()).toEqual([...names].sort());
  });

  it.each(Object.entries(ALERTS))('%s keeps quiet, and fires', (alert, { quiet, firing }) => {
    check(alert, quiet, false);
    check(alert, firing, true);
  });
});
