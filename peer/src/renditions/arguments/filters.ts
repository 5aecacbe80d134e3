import type { PictureSource } from '../streams/picture-source.ts';

/** Decoders of browsers take no wider picture. */
const MAX_WIDTH = 4_096;
/** Lines from which a picture that does not say how its colours are coded has those of high definition. */
const HD_LINES = 720;
/** Codecs that mark each frame as interlaced or not; of others the container's word counts for all. */
const MARKED_FRAMES = new Set(['h264', 'mpeg2video', 'mpeg1video', 'hevc', 'vc1', 'wmv3']);

/** FFmpeg's names of colour matrices, as its scaler calls them. */
const MATRICES: Readonly<Record<string, string>> = {
  bt709: 'bt709',
  fcc: 'fcc',
  bt470bg: 'bt470',
  smpte170m: 'smpte170m',
  smpte240m: 'smpte240m',
  bt2020nc: 'bt2020',
  bt2020c: 'bt2020',
};
const TRANSFERS = { pq: 'smpte2084', hlg: 'arib-std-b67' } as const;

/** What is done to a picture before it is encoded, and what is then said of its colours. */
export interface PictureFilters {
  filters: string;
  colours: string[];
}

/**
 * Makes any picture into one every browser shows right: whole frames, square pixels, an even number of them, and colours of
 * high definition. A brighter or wider range is mapped to these with zscale; an FFmpeg without it leaves the range as it is,
 * and says which it is, so that the browser maps it as well as it can in 8 bits.
 */
export function pictureFilters(source: PictureSource, maxHeight: number, hasZscale: boolean): PictureFilters {
  const { width, height } = outputSize(source, maxHeight);
  const deinterlace = source.isInterlaced
    ? [`bwdif=mode=send_frame:deint=${MARKED_FRAMES.has(source.codec ?? '') ? 'interlaced' : 'all'}`]
    : [];
  const end = ['setsar=1', 'format=yuv420p'];
  if (source.transfer === 'sdr') {
    const scale = `scale=w=${width}:h=${height}${fromMatrix(source)}:out_color_matrix=bt709:out_range=tv`;
    return { filters: [...deinterlace, scale, ...end].join(), colours: colours('bt709', 'bt709', 'bt709') };
  }
  const transfer = TRANSFERS[source.transfer];
  const scale = `scale=w=${width}:h=${height}`;
  if (!hasZscale)
    return {
      filters: [...deinterlace, scale, ...end].join(),
      colours: colours('bt2020', transfer, 'bt2020nc'),
    };
  return {
    filters: [...deinterlace, scale, ...toneMapping(source), ...end].join(),
    colours: colours('bt709', 'bt709', 'bt709'),
  };
}

/** Maps colours of a wide range to those of usual screens, with zscale; nothing where they are such already. */
export function toneMapping({ transfer }: Pick<PictureSource, 'transfer'>): string[] {
  if (transfer === 'sdr') return [];
  return [
    `zscale=tin=${TRANSFERS[transfer]}:min=bt2020nc:pin=bt2020:t=linear:npl=100`,
    ...['format=gbrpf32le', 'zscale=p=bt709', 'tonemap=tonemap=hable:desat=0', 'zscale=t=bt709:m=bt709:r=tv'],
  ];
}

function colours(primaries: string, transfer: string, matrix: string): string[] {
  return [
    ...['-color_primaries', primaries, '-color_trc', transfer, '-colorspace', matrix],
    ...['-color_range', 'tv'],
  ];
}

function fromMatrix({ matrix, size }: PictureSource): string {
  if (matrix === 'gbr') return '';
  const known = MATRICES[matrix ?? ''];
  if (known) return `:in_color_matrix=${known}`;
  if (!size) return '';
  return `:in_color_matrix=${size.height >= HD_LINES ? 'bt709' : 'smpte170m'}`;
}

/** Numbers, or where the size is unknown FFmpeg's expressions of them. The encoder takes even ones alone. */
function outputSize({ size }: PictureSource, maxHeight: number): { width: string; height: string } {
  if (!size)
    return {
      width: `'2*max(1,round(min(${MAX_WIDTH},oh*dar)/2))'`,
      height: `'2*max(1,trunc(min(${maxHeight},ih)/2))'`,
    };
  const scale = Math.min(1, maxHeight / size.height, MAX_WIDTH / size.width);
  const height = 2 * Math.max(1, Math.floor((size.height * scale) / 2 + 1e-6));
  const width = 2 * Math.max(1, Math.round((size.width * height) / size.height / 2));
  return { width: String(Math.min(MAX_WIDTH, width)), height: String(height) };
}
