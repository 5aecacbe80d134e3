export { reportCertificate } from './certificates.ts';
export { type TracingConfig, tracingConfig, tracingVariables } from './config.ts';
export { Counter, createMetrics, Gauge, Histogram, type Registry } from './metrics.ts';
export { errorType, inSpan, isTracing, type Span, type SpanAttributes, startSpan } from './span.ts';
export { type ReportedStore, reportStores } from './stores.ts';
export { createTracing, withTracing } from './tracing.ts';
