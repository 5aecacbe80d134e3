import { MAX_SUBTITLE_BYTES } from '@giggityflix/proto/data-channel';
import { requireFfmpeg } from '@giggityflix/testing';
import fc from 'fast-check';
import { convertToWebVtt } from '../../peer/src/subtitles/convert.ts';
import { checkWebVtt, SubtitleError } from '../../peer/src/subtitles/text.ts';
import { findSubtitles } from '../../peer/src/subtitles/tracks.ts';
import { decodeText } from '../../peer/src/text/decode.ts';
import { expectThat, type FuzzTarget, fromHex, mutations } from './target.ts';

const SAMPLES = [
  '1\n00:00:01,000 --> 00:00:02,000\n<i>Hello</i>\n\n2\n00:00:03,000 --> 00:00:04,500\n{\\an8}é\n',
  'WEBVTT\n\nSTYLE\n::cue{color:red}\n\n00:01.000 --> 00:02.000 line:0\n<v A>Hello\n',
  '[Script Info]\nScriptType: v4.00+\n[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:01.00,0:00:02.00,Default,{\\b1}Hello\n',
  '#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n',
].map((text) => Buffer.from(text));

/** A file beside a film: it is decoded, converted by FFmpeg with its limits, or refused with a SubtitleError. */
export default async function subtitles(): Promise<
  FuzzTarget<{ bytes: string; format: string; name: string }>
> {
  const ffmpeg = requireFfmpeg();
  const none = AbortSignal.any([]);
  return {
    inputs: fc.record({
      bytes: mutations(SAMPLES),
      // FFmpeg takes a hundred times as long as all the rest.
      format: fc.oneof(
        { arbitrary: fc.constant('none'), weight: 40 },
        { arbitrary: fc.constantFrom('srt', 'ass'), weight: ffmpeg.skip ? 0 : 1 },
      ),
      name: fc.string({ unit: 'binary', maxLength: 40 }),
    }),
    async run({ bytes, format, name }) {
      const text = await decodeText(fromHex(bytes), { language: name });
      const content = {
        path: '/films/Film.mkv',
        subtitles: [`Film.${name}.srt`, `${name}.vtt`],
        open: never,
      };
      await findSubtitles(content, { ffmpegPath: 'ffmpeg', ffprobePath: null }, none);
      try {
        checkWebVtt(text);
      } catch (error) {
        expectThat(error instanceof SubtitleError, String(error));
      }
      if (format === 'none') return;
      try {
        const converted = await convertToWebVtt({ text, format }, ffmpeg.path, none);
        expectThat(converted.length <= MAX_SUBTITLE_BYTES, 'the subtitles are too long');
        expectThat(!converted.includes('root:'), 'another file was read');
      } catch (error) {
        if (!(error instanceof SubtitleError)) throw error;
      }
    },
  };
}

async function never(): Promise<never> {
  throw new Error('the film is opened for what is beside it');
}
