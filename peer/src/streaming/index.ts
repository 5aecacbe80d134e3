export type { StreamingConfig } from './config.ts';
export { createLibdatachannelConnectionInRange } from './rtc.libdatachannel.ts';
export { createStreaming, type Streaming, type StreamingDeps, type ViewerStatus } from './streaming.ts';
