import { linesOf, MAX_CUE_LENGTH, MAX_CUES, type RawCue } from './cue.ts';
import { MAX_TIMING_LENGTH, secondsOf, TIME, TIME_GROUPS } from './time.ts';

const TIMING = new RegExp(`^\\s*${TIME}\\s*-->\\s*${TIME}(\\s.*)?$`);
const SETTING = /^(?:vertical:(?:rl|lr)|(?:line|position|size):[\d.%,a-z-]{1,30}|align:[a-z]{3,6})$/;

export function isWebVtt(text: string): boolean {
  return /^\ufeff?WEBVTT(?:[ \t\r\n]|$)/.test(text);
}

/**
 * Reads WebVTT for a page that shows it: cues, their text as it is and the settings of their place. Styles and regions are left
 * out: a stranger's style sheet has no place in the page.
 */
export function parseWebVtt(text: string): RawCue[] {
  const lines = linesOf(text);
  const cues: RawCue[] = [];
  for (let at = 0; at < lines.length && cues.length < MAX_CUES; at += 1) {
    const match = timingOf(lines[at]!);
    if (!match) continue;
    const groups = match.slice(1);
    const body: string[] = [];
    while (at + 1 < lines.length && lines[at + 1]!.trim() !== '' && !timingOf(lines[at + 1]!))
      body.push(lines[++at]!);
    const words = (groups[2 * TIME_GROUPS] ?? '').trim().split(/\s+/).slice(0, 8);
    cues.push({
      startSeconds: secondsOf(groups, 0),
      endSeconds: secondsOf(groups, TIME_GROUPS),
      text: body.join('\n').slice(0, MAX_CUE_LENGTH).replaceAll('-->', '--&gt;').replaceAll('\0', ''),
      settings: words.filter((word) => SETTING.test(word)).join(' '),
    });
  }
  return cues;
}

function timingOf(line: string): RegExpExecArray | null {
  return line.length <= MAX_TIMING_LENGTH ? TIMING.exec(line) : null;
}
