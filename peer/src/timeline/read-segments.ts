import type { MediaInput } from '../containers/input.ts';
import { readUpTo } from '../files/read.ts';
import { findSegments, type Segments } from './segments.ts';

/**
 * The segments of a transport stream whose clock jumps, and of every program stream, in which FFmpeg loses times after it
 * looked for a place; null of other films.
 */
export async function readSegments({ container, handle }: MediaInput): Promise<Segments | null> {
  if (container.name !== 'mpegts' && container.name !== 'mpeg') return null;
  const { size } = await handle.stat();
  const segments = await findSegments({
    sizeBytes: size,
    container: container.name,
    read: (at, length) => readUpTo(handle, at, length),
  });
  return segments && (segments.count > 1 || container.name === 'mpeg') ? segments : null;
}
