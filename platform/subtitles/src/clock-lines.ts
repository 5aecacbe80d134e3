import { MAX_CUES, type RawCue } from './cue.ts';
import { styledLines } from './frames.ts';

const TMPLAYER = /^\s*(\d{1,3}):(\d{2}):(\d{2})(?:,\d)?[:= ](.*)$/;
const SUBVIEWER_1 = /^\s*\[(\d{1,3}):(\d{2}):(\d{2})\]\s*(.*)$/;

/** TMPlayer: `00:01:02:text|next line`, shown until the next. */
export function parseTmPlayer(lines: readonly string[]): RawCue[] {
  return read(lines, TMPLAYER);
}

/** SubViewer 1: `[00:01:02]` and the text in the line behind it; an empty one ends what was shown. */
export function parseSubViewer1(lines: readonly string[]): RawCue[] {
  return read(
    lines.map((line, index) => {
      const match = SUBVIEWER_1.exec(line);
      if (!match) return '';
      return match[4] === '' ? `${line.trim()}${lines[index + 1] ?? ''}` : line;
    }),
    SUBVIEWER_1,
  );
}

function read(lines: readonly string[], pattern: RegExp): RawCue[] {
  const cues: RawCue[] = [];
  for (const line of lines) {
    const match = pattern.exec(line);
    if (!match || cues.length >= MAX_CUES) continue;
    const [, hours, minutes, seconds, body = ''] = match;
    const startSeconds = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
    const previous = cues.at(-1);
    if (previous && previous.endSeconds === null && body.trim() === '') previous.endSeconds = startSeconds;
    else cues.push({ startSeconds, endSeconds: null, text: styledLines(body) });
  }
  return cues;
}
