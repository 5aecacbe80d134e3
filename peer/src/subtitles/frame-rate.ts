import { countsFrames, declaredFrameRate } from '@giggityflix/subtitles';
import type { OpenableFilm } from '../containers/input.ts';
import { probeStreams } from '../ffmpeg/stream-probe.ts';

/** The frame rate of a film whose subtitles count frames and do not say how many there are in a second; null where it is of no use. */
export async function findFrameRate(
  { text, content, ffprobePath }: { text: string; content: OpenableFilm; ffprobePath: string | null },
  signal: AbortSignal,
): Promise<number | null> {
  if (!countsFrames(text) || declaredFrameRate(text) !== null || !ffprobePath) return null;
  const streams = await probeStreams(content, 'v', ffprobePath, signal);
  const video = streams?.find(({ disposition }) => disposition?.attached_pic !== 1);
  const [numerator = 0, denominator = 0] = (video?.avg_frame_rate ?? '').split('/').map(Number);
  const rate = numerator / denominator;
  return rate > 0 && Number.isFinite(rate) ? rate : null;
}
