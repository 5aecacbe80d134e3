// cspell:disable: words of many languages and programs
/** A day in a name. */
export interface FoundDate {
  /** ISO 8601. */
  date: string;
  year: number;
  before: string;
  after: string;
}

const YEAR_FIRST = /(?<!\d)((?:19|20)\d{2})([-._ ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)/u;
const DAY_FIRST = /(?<!\d)(0[1-9]|[12]\d|3[01])([-._ ])(0[1-9]|1[0-2])\2((?:19|20)\d{2})(?!\d)/u;

export function findDate(text: string): FoundDate | null {
  const first = YEAR_FIRST.exec(text);
  if (first) return toDate(text, first, [first[1], first[3], first[4]]);
  const last = DAY_FIRST.exec(text);
  return last && toDate(text, last, [last[4], last[3], last[1]]);
}

function toDate(text: string, found: RegExpExecArray, parts: (string | undefined)[]): FoundDate {
  return {
    date: parts.join('-'),
    year: Number(parts[0]),
    before: text.slice(0, found.index),
    after: text.slice(found.index + found[0].length),
  };
}

/** What cameras, phones, messengers and recorders call their files. */
const DEVICE_NAME = new RegExp(
  `^(?:${[
    '(?:IMG|VID|MVI|MOV|DSC|DSCN|DSCF|DSC_?|PXL|PANO|BURST|SAM|CIMG|HPIM|GOPR|G[HXPS]|DJI|MAH|MAQ|CLIP|C|P|R|HDV|AVCHD|SNAPCHAT|FB_VID|RPReplay|VIDEO|video|AUD|WA)[-_ ]?[A-Z]?\\d{3,}.*',
    'WhatsApp (?:Video|Image|Ptt).*|Screen ?Record(?:ing|er).*|Screencast.*|Bildschirmaufnahme.*|signal-\\d.*|telegram.*\\d{6}.*|zoom_\\d+|GMT\\d{8}.*|OBS .*|Recording[ _-]?\\d*|Bandicam.*|ScreenFlow.*',
    '(?:19|20)\\d{6}[-_ T]?\\d{4,9}(?:[-_~( ].*)?|(?:19|20)\\d{2}[-_.]\\d{2}[-_.]\\d{2}[-_ T]+\\d{2}[-_.:h]\\d{2}.*',
    '[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|VTS_\\d.*|VIDEO_TS|title_?t?\\d+|\\d{5}',
  ].join('|')})$`,
  'u',
);
export const isDeviceName = (stem: string): boolean => DEVICE_NAME.test(stem);
