/** What the index of VobSub subtitles (`.idx`) says. */
export interface VobSubIndex {
  width: number;
  height: number;
  /** Sixteen colours, 0xRRGGBB. */
  palette: number[];
  tracks: VobSubTrack[];
}

export interface VobSubTrack {
  /** Its number in the `.sub` file. */
  stream: number;
  language: string | null;
  name: string | null;
  /** Where the pictures begin in the `.sub` file, and when they are shown, in milliseconds. */
  times: [position: number, milliseconds: number][];
}

/** A disc has 32. */
const MAX_TRACKS = 32;
const MAX_TIMES = 50_000;
/** A player of discs has these where a film says nothing. */
const DEFAULT_PALETTE = [
  ...[0x000000, 0xffffff, 0x808080, 0x404040, 0xffffff, 0xcccccc, 0x666666, 0x333333],
  ...[0x000000, 0xffffff, 0x808080, 0x404040, 0xffffff, 0xcccccc, 0x666666, 0x333333],
];

/** Reads an index; what it does not say is that of a DVD in PAL. */
export function parseVobSubIndex(text: string): VobSubIndex {
  const index: VobSubIndex = { width: 720, height: 576, palette: DEFAULT_PALETTE, tracks: [] };
  let track: VobSubTrack | null = null;
  let delay = 0;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, key = '', value = ''] = /^\s*([a-z ]{2,20}):\s*(.{0,2000})$/i.exec(line.slice(0, 2_100)) ?? [];
    switch (key.toLowerCase()) {
      case 'size': {
        const [, width = 0, height = 0] = /^(\d{2,4})x(\d{2,4})/.exec(value)?.map(Number) ?? [];
        if (width > 0 && height > 0) Object.assign(index, { width, height });
        break;
      }
      case 'palette': {
        const colours = value.split(/[\s,]+/).map((colour) => Number.parseInt(colour, 16));
        if (colours.length >= 16 && colours.slice(0, 16).every((colour) => colour >= 0 && colour <= 0xffffff))
          index.palette = colours.slice(0, 16);
        break;
      }
      case 'id': {
        const [, language = '', stream = '0'] =
          /^([a-z-]{0,10})\s*(?:,\s*index:\s*(\d{1,2}))?/i.exec(value) ?? [];
        delay = 0;
        track = {
          stream: Number(stream) % MAX_TRACKS,
          language: language.replace(/^-+$/, '') || null,
          name: null,
          times: [],
        };
        if (index.tracks.length < MAX_TRACKS) index.tracks.push(track);
        break;
      }
      case 'alt':
        if (track) track.name = value.trim().slice(0, 100) || null;
        break;
      case 'delay':
        delay += milliseconds(value) ?? 0;
        break;
      case 'timestamp': {
        const at = milliseconds(value);
        const position = Number.parseInt(/filepos:\s*([0-9a-f]{1,12})/i.exec(value)?.[1] ?? '', 16);
        if (track && at !== null && position >= 0 && track.times.length < MAX_TIMES)
          track.times.push([position, Math.max(0, at + delay)]);
      }
    }
  }
  return index;
}

function milliseconds(text: string): number | null {
  const match = /^\s*([+-]?)\s*(\d{1,4}):(\d{2}):(\d{2})[:.,](\d{1,3})/.exec(text);
  if (!match) return null;
  const [, sign, hours, minutes, seconds, rest] = match;
  const value = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + Number(rest);
  return sign === '-' ? -value : value;
}
