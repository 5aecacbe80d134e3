export type { StreamingConfig } from './config.ts';
export { createWrtcConnectionInRange } from './rtc.wrtc.ts';
export { createStreaming, type Streaming, type StreamingDeps, type ViewerStatus } from './streaming.ts';
