export type { StreamingConfig } from './config.ts';
export { createStreaming, type Streaming, type StreamingDeps, type ViewerStatus } from './streaming.ts';
