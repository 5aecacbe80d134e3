/** A picture in ffprobe's words. */
export interface ProbedPicture {
  width?: number;
  height?: number;
  /** `64:45`; `0:1` where it is unknown. */
  sample_aspect_ratio?: string;
  side_data_list?: { rotation?: number }[];
}

/** The size a picture is shown in: in square pixels, and turned as its maker wants it. */
export function displaySize(picture: ProbedPicture): { width: number; height: number } | null {
  const { width = 0, height = 0 } = picture;
  if (!(width > 0 && height > 0)) return null;
  const aspect = pixelAspect(picture);
  const wide = aspect > 1 ? Math.round(width * aspect) : width;
  const high = aspect < 1 ? Math.round(height / aspect) : height;
  return isTurned(picture) ? { width: high, height: wide } : { width: wide, height: high };
}

/** The width of a pixel as a part of its height. */
export function pixelAspect({ sample_aspect_ratio = '' }: ProbedPicture): number {
  const [over = 0, under = 0] = sample_aspect_ratio.split(':').map(Number);
  const aspect = over / under;
  // More is no film but a mistake.
  return aspect > 0.1 && aspect < 10 ? aspect : 1;
}

/** Whether it is shown on its side. */
function isTurned({ side_data_list = [] }: ProbedPicture): boolean {
  const rotation = side_data_list.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  return Math.abs(Math.round(rotation / 90)) % 2 === 1;
}
