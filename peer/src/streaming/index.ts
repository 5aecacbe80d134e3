export { createStreaming, type ViewerStatus } from './streaming.ts';
