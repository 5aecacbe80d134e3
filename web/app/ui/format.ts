/** `1:02:03` or `4:05`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = bytes;
  for (; value >= 1_000 && unit < units.length - 1; unit += 1) value /= 1_000;
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** As people know them from boxes. */
export function resolution(height: number | null): string | null {
  if (!height) return null;
  const known = [4320, 2160, 1440, 1080, 720, 576, 480, 360, 240].find((lines) => height >= lines * 0.95);
  return known === 2160 ? '4K' : known === 4320 ? '8K' : known ? `${known}p` : `${height}p`;
}

const CODEC_NAMES: Record<string, string> = {
  avc: 'H.264',
  h264: 'H.264',
  hevc: 'HEVC',
  h265: 'HEVC',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  aac: 'AAC',
  mp3: 'MP3',
  opus: 'Opus',
  vorbis: 'Vorbis',
  flac: 'FLAC',
  ac3: 'Dolby Digital',
  eac3: 'Dolby Digital Plus',
  truehd: 'Dolby TrueHD',
  dts: 'DTS',
  a_dts: 'DTS',
  mpeg4: 'MPEG-4',
  'v_mpeg4/iso/asp': 'MPEG-4',
  mpeg2video: 'MPEG-2',
  v_mpeg2: 'MPEG-2',
  mpeg1video: 'MPEG-1',
  wmv3: 'Windows Media',
  vc1: 'VC-1',
  prores: 'ProRes',
};

export function codec(name: string | null): string | null {
  return name ? (CODEC_NAMES[name.toLowerCase()] ?? name) : null;
}

/** As the names of files end; the others are known as they are called. */
const CONTAINER_NAMES: Record<string, string> = {
  matroska: 'MKV',
  mpegts: 'MPEG-TS',
  quicktime: 'MOV',
  webm: 'WebM',
  asf: 'WMV',
  ogg: 'Ogg',
};

export function container(name: string | null): string | null {
  return name ? (CONTAINER_NAMES[name.toLowerCase()] ?? name.toUpperCase()) : null;
}

const languageNames = new Intl.DisplayNames([...navigator.languages], { type: 'language' });

/** A language's name, by its BCP 47 tag or ISO 639 code. */
export function language(tag: string | null): string | null {
  if (!tag) return null;
  try {
    return languageNames.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A wait in words: `40 s`, `3 min`. */
export function waiting(seconds: number): string {
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** What a program says, as a sentence. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}

interface Numbered {
  name: string;
  season?: number | null;
  episode?: number | null;
  lastEpisode?: number | null;
}

export function titleName(title: Numbered): string {
  if (title.season == null && title.episode == null) return title.name;
  const number = `${title.season == null ? '' : `S${title.season}`}${title.episode == null ? '' : `E${title.episode}`}`;
  if (title.lastEpisode != null) return `${title.name} · ${number}–${title.lastEpisode}`;
  return `${title.name} · ${number}`;
}
