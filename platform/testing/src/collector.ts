import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector received it. */
export interface ReceivedSpan {
  service: string;
  name: string;
  /** `SPAN_KIND_*` of OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  failed: boolean;
  attributes: Record<string, unknown>;
  events: string[];
}

/** A metric as a collector received it. */
export interface ReceivedMetric {
  service: string;
  name: string;
  kind: 'sum' | 'gauge' | 'histogram';
  points: { attributes: Record<string, unknown>; value: unknown }[];
}

export interface Collector {
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` is set to. */
  readonly endpoint: string;
  /** Everything received so far. */
  readonly spans: readonly ReceivedSpan[];
  readonly metrics: readonly ReceivedMetric[];
  /** Headers of the last export. */
  readonly headers: () => Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

interface OtlpAttribute {
  key: string;
  value: Record<string, unknown>;
}
interface OtlpSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  status?: { code?: number };
  attributes?: OtlpAttribute[];
  events?: { name: string }[];
}
interface OtlpRequest {
  resourceSpans: { resource: { attributes: OtlpAttribute[] }; scopeSpans: { spans: OtlpSpan[] }[] }[];
}

const STATUS_CODE_ERROR = 2;

/** An OpenTelemetry collector for OTLP/HTTP in JSON that keeps what it gets. */
export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const metrics: ReceivedMetric[] = [];
  let headers: Record<string, unknown> = {};
  const server = createServer(async (request, response) => {
    headers = request.headers;
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.url === '/v1/metrics') metrics.push(...readMetrics(JSON.parse(body)));
    if (request.url === '/v1/traces') spans.push(...read(JSON.parse(body)));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    metrics,
    headers: () => headers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface OtlpPoint {
  attributes?: OtlpAttribute[];
  asDouble?: number;
  bucketCounts?: unknown[];
  explicitBounds?: number[];
  sum?: number;
}
type OtlpMetric = { name: string } & Partial<Record<ReceivedMetric['kind'], { dataPoints: OtlpPoint[] }>>;
interface OtlpMetricsRequest {
  resourceMetrics: {
    resource: { attributes: OtlpAttribute[] };
    scopeMetrics: { metrics: OtlpMetric[] }[];
  }[];
}

function readMetrics({ resourceMetrics }: OtlpMetricsRequest): ReceivedMetric[] {
  return resourceMetrics.flatMap(({ resource, scopeMetrics }) => {
    const service = String(attributesOf(resource.attributes)['service.name']);
    return scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap((metric) =>
        (['sum', 'gauge', 'histogram'] as const).flatMap((kind) =>
          metric[kind]
            ? [{ service, name: metric.name, kind, points: metric[kind].dataPoints.map(toPoint) }]
            : [],
        ),
      ),
    );
  });
}

function toPoint({ attributes = [], asDouble, bucketCounts, explicitBounds, sum }: OtlpPoint) {
  const value = asDouble ?? { counts: bucketCounts?.map(Number), bounds: explicitBounds, sum };
  return { attributes: attributesOf(attributes), value };
}

function read({ resourceSpans }: OtlpRequest): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(attributesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, kind, traceId, spanId, parentSpanId, status, attributes, events }) => ({
        service,
        name,
        kind,
        traceId,
        spanId,
        parentSpanId: parentSpanId || undefined,
        failed: status?.code === STATUS_CODE_ERROR,
        attributes: attributesOf(attributes),
        events: (events ?? []).map((event) => event.name),
      })),
    );
  });
}

function attributesOf(list: readonly OtlpAttribute[] = []): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
}
