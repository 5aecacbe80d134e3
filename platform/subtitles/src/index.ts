export { type Cue, toWebVtt } from './cue.ts';
export { countsFrames, declaredFrameRate } from './frames.ts';
export { type ParsedSubtitles, parseSubtitles } from './parse.ts';
export { isWebVtt } from './web-vtt.ts';
