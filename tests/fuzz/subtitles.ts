import { MAX_SUBTITLE_BYTES } from '@giggityflix/proto/data-channel';
import {
  decodeVobSubPicture,
  parseSubtitles,
  parseVobSubIndex,
  readVobSubPackets,
  toWebVtt,
} from '@giggityflix/subtitles';
import fc from 'fast-check';
import { SubtitleError, toWebVttText } from '../../peer/src/subtitles/text.ts';
import { findSubtitles } from '../../peer/src/subtitles/tracks.ts';
import { decodeText } from '../../peer/src/text/decode.ts';
import { expectThat, type FuzzTarget, fromHex, mutations } from './target.ts';

const SAMPLES = [
  '1\n00:00:01,000 --> 00:00:02,000\n<i>Hello</i>\n\n2\n00:00:03,000 --> 00:00:04,500\n{\\an8}é\n',
  'WEBVTT\n\nSTYLE\n::cue{color:red}\n\n00:01.000 --> 00:02.000 line:0\n<v A>Hello\n',
  '[Script Info]\nScriptType: v4.00+\n[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:01.00,0:00:02.00,Default,{\\b1}Hello\n',
  '{1}{1}25\n{25}{50}{y:i}Hello|World\n',
  '[10][20]/Hello|World\n',
  '00:00:01:Hello|World\n00:00:03:x\n',
  '<SAMI><BODY><SYNC Start=1000><P Class=ENCC>Hi &amp; <i>you</i><br><SYNC Start=2000><P>&nbsp;',
  '<tt ttp:frameRate="25"><body><p begin="00:00:01.000" end="2s">One<br/><span tts:fontStyle="italic">x</span></p></body></tt>',
  '#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n',
  'size: 720x480\npalette: 000000, ffffff\nid: en, index: 0\ntimestamp: 00:00:01:000, filepos: 000000000\n',
].map((text) => Buffer.from(text));
/** A subtitle of a DVD, in one pack. */
const VOB_SUB = Buffer.from(
  '000001ba440004000401000003f8000001bd002f818005210005bf212000260008210012130000002003321004' +
    'fff005010017020021060004000601ff00b4002002ff',
  'hex',
);

/** A file beside a film: whatever is in it, it becomes WebVTT that its own parser reads as the same cues, or is refused. */
export default async function subtitles(): Promise<
  FuzzTarget<{ bytes: string; frameRate: number; name: string }>
> {
  const none = AbortSignal.any([]);
  // The thread that detects encodings takes a second to begin, which is no input's fault.
  await decodeText(Uint8Array.of(0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2), { language: 'ru' });
  return {
    inputs: fc.record({
      bytes: mutations([...SAMPLES, VOB_SUB]),
      frameRate: fc.double(),
      name: fc.string({ unit: 'binary', maxLength: 40 }),
    }),
    async run({ bytes, frameRate, name }) {
      const text = await decodeText(fromHex(bytes), { language: name });
      const content = {
        path: '/films/Film.mkv',
        subtitles: [`Film.${name}.srt`, `${name}.vtt`, `${name}.ass`],
        open: never,
        isAvailable: async () => true,
      };
      await findSubtitles(content, { ffmpegPath: 'ffmpeg', ffprobePath: null }, none);
      for (const track of parseVobSubIndex(text).tracks)
        expectThat(track.stream < 32 && track.times.length <= 50_000, 'the index is not bounded');
      for (const packet of readVobSubPackets(fromHex(bytes), 0)) {
        const picture = decodeVobSubPicture(packet);
        const isWhole = !picture || picture.pixels.length === picture.width * picture.height;
        expectThat(isWhole, 'a picture has other pixels than its size');
      }
      const { cues } = parseSubtitles(text, frameRate);
      const again = parseSubtitles(toWebVtt(cues)).cues;
      expectThat(again.length === cues.length, 'WebVTT has other cues');
      for (const cue of cues) expectThat(!cue.text.includes('-->'), 'a cue says when another begins');
      try {
        const webVtt = toWebVttText(text, { frameRate, isFile: true });
        expectThat(webVtt.length <= MAX_SUBTITLE_BYTES, 'the subtitles are too long');
      } catch (error) {
        if (!(error instanceof SubtitleError)) throw error;
      }
    },
  };
}

async function never(): Promise<never> {
  throw new Error('the film is opened for what is beside it');
}
