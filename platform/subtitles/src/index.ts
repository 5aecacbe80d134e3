export { type Cue, toWebVtt } from './cue.ts';
export { countsFrames, declaredFrameRate } from './frames.ts';
export { type ParsedSubtitles, parseSubtitles } from './parse.ts';
export { parseVobSubIndex, type VobSubIndex, type VobSubTrack } from './vob-sub-index.ts';
export {
  decodeVobSubPicture,
  readVobSubPackets,
  type VobSubPacket,
  type VobSubPicture,
} from './vob-sub-pictures.ts';
export { isWebVtt } from './web-vtt.ts';
