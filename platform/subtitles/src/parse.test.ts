// cspell:disable: texts in many languages and formats
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toWebVtt } from './cue.ts';
import { parseSubtitles } from './parse.ts';

/** `start end text` of each cue, lines separated by `/`. */
const read = (text: string, frameRate?: number) =>
  parseSubtitles(text, frameRate).cues.map(
    ({ startSeconds, endSeconds, text: words }) =>
      `${Number(startSeconds.toFixed(3))} ${Number(endSeconds.toFixed(3))} ${words.replaceAll('\n', '/')}`,
  );
const srt = (text: string) => `1\n00:00:01,000 --> 00:00:02,000\n${text}\n`;

describe('SubRip', () => {
  it.each([
    [
      'ends of lines of Windows',
      '1\r\n00:00:01,000 --> 00:00:02,000\r\none\r\ntwo\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nx\r\n',
      ['1 2 one/two', '3 4 x'],
    ],
    [
      'ends of lines of old Macs',
      '1\r00:00:01,000 --> 00:00:02,000\rone\r\r2\r00:00:03,000 --> 00:00:04,000\rtwo\r',
      ['1 2 one', '3 4 two'],
    ],
    [
      'no empty lines',
      '1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:03,000 --> 00:00:04,000\ntwo\n3\n00:00:05,000 --> 00:00:06,000\n1984\nis a year\n',
      ['1 2 one', '3 4 two', '5 6 1984/is a year'],
    ],
    [
      'no numbers',
      '00:00:01,000 --> 00:00:02,000\n1984\n\n00:00:03,000 --> 00:00:04,000\ntwo\n',
      ['1 2 1984', '3 4 two'],
    ],
    [
      'a number as its text',
      '1\n00:00:01,000 --> 00:00:02,000\n300\n\n2\n00:00:03,000 --> 00:00:04,000\n42\n',
      ['1 2 300', '3 4 42'],
    ],
    [
      'empty lines within a text',
      '1\n00:00:01,000 --> 00:00:02,000\none\n\ntwo\n\n2\n00:00:03,000 --> 00:00:04,000\nx\n',
      ['1 2 one/two', '3 4 x'],
    ],
    [
      'a byte order mark in the middle',
      '1\n00:00:01,000 --> 00:00:02,000\none\n\n\ufeff2\n\ufeff00:00:03,000 --> 00:00:04,000\ntwo\n',
      ['1 2 one', '3 4 two'],
    ],
    [
      'places behind the times',
      '1\n00:00:01,000 --> 00:00:02,000  X1:100 X2:200 Y1:5 Y2:6\none\n',
      ['1 2 one'],
    ],
    ['hours beyond 99', '1\n100:00:01,000 --> 100:00:02,000\nlong\n', ['360001 360002 long']],
    [
      'dots, colons, short fractions and none',
      '1\n0:0:1.5 --> 0:0:2,25\na\n\n2\n00:00:03 --> 00:00:04\nb\n\n3\n00:00:05:000 --> 00:00:06:500\nc\n\n4\n00:07,000->00:08,000\nd\n',
      ['1.5 2.25 a', '3 4 b', '5 6.5 c', '7 8 d'],
    ],
    [
      'negative times',
      '1\n-00:00:03,000 --> -00:00:01,000\nnever\n\n2\n-00:00:01,000 --> 00:00:02,000\nfrom the start\n',
      ['0 2 from the start'],
    ],
    [
      'an end before the beginning',
      '1\n00:00:05,000 --> 00:00:03,000\na\n\n2\n00:00:06,000 --> 00:00:06,000\nb\n',
      ['5 6 a', '6 10 b'],
    ],
    [
      'times that overlap and are out of order',
      '1\n00:00:06,000 --> 00:00:09,000\nb\n\n2\n00:00:05,000 --> 00:00:07,000\na\n',
      ['5 7 a', '6 9 b'],
    ],
    ['empty cues', '1\n00:00:01,000 --> 00:00:02,000\n\n\n2\n00:00:03,000-->00:00:04,000\nx\n', ['3 4 x']],
  ])('is read with %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ['<font color="#ff0000">Red</font> &amp; <FONT face=x>blue</FONT>', 'Red &amp; blue'],
    ['a < b & c > d, <3', 'a &lt; b &amp; c &gt; d, &lt;3'],
    ['AT&T, Q&A; &nbsp;&#39;&eacute;', 'AT&amp;T, Q&amp;A; &nbsp;&#39;&eacute;'],
    ['<i>open <b>both</i> bold', '<i>open <b>both</b></i><b> bold</b>'],
    [
      '<script>alert(1)</script><img src=x onerror=alert(1)>',
      '&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;',
    ],
    ['<i onclick="alert(1)">x</i>', '<i>x</i>'],
    ['a --> b', 'a --&gt; b'],
    ['one<br/>two\\Nthree\\hfour', 'one/two/three\u00a0four'],
    ['{\\i1}slanted{\\i0} {\\c&H0000FF&}red {not an override}', '<i>slanted</i> red {not an override}'],
    ['<v Bob>Hi</v> <John> says', 'Hi &lt;John&gt; says'],
    ['\u0000a\u0007b', 'ab'],
  ])('%j is shown as %j', (text, expected) => {
    expect(read(srt(text))).toEqual([`1 2 ${expected}`]);
  });

  it.each([
    ['{\\an8}top', 'line:0'],
    ['{\\an1}left', 'align:left'],
    ['{\\an6}right', 'line:50% align:right'],
    ['{\\a6}top of old', 'line:0'],
    ['{\\an2}bottom', ''],
  ])('%j has its place', (text, settings) => {
    expect(parseSubtitles(srt(text)).cues[0]).toMatchObject({ settings });
  });
});

describe('other formats', () => {
  it.each([
    [
      'WebVTT',
      'WEBVTT - x\nKind: captions\n\nSTYLE\n::cue{background:url(https://example.com/x)}\n\nREGION\nid:a\n\nNOTE\nx\n\na\n00:01.000 --> 00:02.000 line:0 region:a onclick:x\n<v A>Hello</v>\n',
      ['1 2 <v A>Hello</v>'],
    ],
    [
      'MicroDVD with its frame rate',
      '{1}{1}25\n{25}{50}Hello|{y:i}World\n{75}{100}{Y:b}x|y <b>\n',
      ['1 2 Hello/<i>World</i>', '3 4 <b>x</b>/<b>y &lt;b&gt;</b>'],
    ],
    ['MicroDVD with a comma in its frame rate', '{0}{0}23,976\n{24}{48}a\n', ['1.001 2.002 a']],
    ['MicroDVD without an end', '{25}{}a\n{50}{75}b\n', ['1.043 2.085 a', '2.085 3.128 b']],
    ['MPL2', '[10][20]/Hello|World\n[30][40]x\n', ['1 2 <i>Hello</i>/World', '3 4 x']],
    ['TMPlayer', '00:00:01:Hello|World\n00:00:03:\n00:00:05:x\n', ['1 3 Hello/World', '5 9 x']],
    [
      'SubViewer',
      '[INFORMATION]\n[TITLE]x\n[END INFORMATION]\n[SUBTITLE]\n[COLF]&HFFFFFF,[STYLE]bd,[SIZE]18,[FONT]Arial\n00:00:01.00,00:00:02.00\nHello[br]World\n\n00:00:03.00,00:00:04.00\nx\n',
      ['1 2 Hello/World', '3 4 x'],
    ],
    [
      'SubViewer 1',
      '[TITLE]\nx\n[BEGIN]\n[00:00:01]\nHello|World\n[00:00:02]\n\n[00:00:03]\nx\n[00:00:04]\n\n',
      ['1 2 Hello/World', '3 4 x'],
    ],
    [
      'YouTube',
      '0:00:01.000,0:00:02.000\nHello\nWorld\n\n0:00:03.000,0:00:04.000\nx\n',
      ['1 2 Hello/World', '3 4 x'],
    ],
    [
      'SAMI',
      '<SAMI><HEAD><STYLE><!-- P {color:red} .KRCC{} --></STYLE></HEAD><BODY>\n<SYNC Start=1000><P Class=KRCC>Hello &amp; <i>world</i><br>two\n<SYNC Start=2000><P Class=KRCC>&nbsp;\n<SYNC Start=3000><P Class=KRCC>x <script>y</script>\n<SYNC Start=4000><P Class=KRCC>&nbsp;</BODY></SAMI>',
      ['1 2 Hello &amp; <i>world</i>/two', '3 4 x y'],
    ],
    [
      'SAMI in two languages',
      '<SAMI><BODY><SYNC Start=1000><P Class=ENCC>Good morning to you<P Class=KRCC>안녕\n<SYNC Start=2000><P Class=ENCC>&nbsp;<P Class=KRCC>&nbsp;</BODY></SAMI>',
      ['1 2 Good morning to you'],
    ],
    [
      'TTML',
      '<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="x" ttp:frameRate="25" ttp:tickRate="1000"><head/><body><div><p begin="00:00:01.000" end="00:00:02:10">One<br/>two &amp; <span tts:fontStyle="italic">three</span></p><p begin=\'3s\' dur="1500ms">x</p><p begin="5000t" end="6000t">t</p></div></body></tt>',
      ['1 2.4 One/two &amp; <i>three</i>', '3 4.5 x', '5 6 t'],
    ],
    [
      'TTML with prefixes',
      '<tt:tt><tt:body><tt:div><tt:p begin="00:00:01.000" end="00:00:02.000">a</tt:p></tt:div></tt:body></tt:tt>',
      ['1 2 a'],
    ],
    [
      'SubStation Alpha',
      '[Script Info]\nScriptType: v4.00+\n[V4+ Styles]\nFormat: Name, Fontname, Alignment\nStyle: Top,Arial,8\n[Events]\nFormat: Layer, Start, End, Style, Text\nComment: 0,0:00:00.00,0:00:09.00,Top,no\nDialogue: 0,0:00:01.00,0:00:02.50,Top,{\\b1}Hello{\\b0}, <with> a comma\nDialogue: 1,0:00:01.00,0:00:02.50,Top,{\\b1\\blur3}Hello{\\b0}, <with> a comma\nDialogue: 0,0:00:03.00,0:00:04.00,Top,{\\p1}m 0 0 l 100 0\n',
      ['1 2.5 <b>Hello</b>, &lt;with&gt; a comma'],
    ],
    ['nothing at all', 'Once upon a time\n\nthere was no subtitle.\n<html><body>x</body></html>', []],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('count frames at the rate of the film', () => {
    expect(read('{30}{60}a\n', 30)).toEqual(['1 2 a']);
    expect(read('{30}{60}a\n', Number.NaN)).toEqual(['1.251 2.502 a']);
  });

  it('of Web pages are given without style sheets, and with the settings WebVTT has', () => {
    const [cue] = parseSubtitles(
      'WEBVTT\n\n00:01.000 --> 00:02.000 line:10%,start align:left evil:x\nx',
    ).cues;
    expect(cue!.settings).toBe('line:10%,start align:left');
  });
});

it('cues are written as WebVTT that a parser of it reads as the same, earlier or later', () => {
  const { cues } = parseSubtitles(srt('a --> b\n\n<i>c'));
  const text = toWebVtt(cues);
  expect(text).toBe('WEBVTT\n\n00:01.000 --> 00:02.000\na --&gt; b\n<i>c</i>\n');
  expect(parseSubtitles(text).cues).toEqual(cues);
  expect(read(toWebVtt(cues, 1.5))).toEqual(['2.5 3.5 a --&gt; b/<i>c</i>']);
  expect(read(toWebVtt(cues, -1.5))).toEqual(['0 0.5 a --&gt; b/<i>c</i>']);
  expect(read(toWebVtt(cues, -3))).toEqual([]);
});

it('a text made to take long takes no longer than others', () => {
  const length = 500_000;
  for (const part of ['<', '<b ', '<i><b></i>', '{\\', '{\\i1\\i0}', ' ', '\n ', '{y:', '{\\p1', '&', '\\p1'])
    for (const head of [
      '1\n00:00:01,000 --> 00:00:02,000',
      '',
      '[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,,,,,,',
      '<sami><sync start=1>',
      '<tt><p begin="1s">',
      '{1}{2}',
      'WEBVTT\n\n00:01.000 --> 00:02.000\n',
    ])
      expect(parseSubtitles(head + part.repeat(length / part.length)).cues.length).toBeLessThan(10);
});

it('any text gives cues that WebVTT can say, in moderate time', () => {
  const words = fc.constantFrom(
    '1\n',
    '00:00:01,000 --> 00:00:02,000\n',
    '{1}{2}',
    '<i>',
    '</i>',
    '<',
    '{\\',
    '}',
    '-->',
    '\n',
    'x',
    '<sync start=1>',
    '<p>',
    '[Events]\n',
    'Dialogue: 0,',
    '&',
    '\u0000',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 8 })), { maxLength: 60 }), (parts) => {
      const { cues } = parseSubtitles(parts.join(''));
      for (const { startSeconds, endSeconds, text } of cues) {
        expect(endSeconds).toBeGreaterThan(startSeconds);
        expect(startSeconds).toBeGreaterThanOrEqual(0);
        expect(text).not.toMatch(/\n\s*\n|-->/);
        expect(text).not.toContain('\0');
      }
      expect(parseSubtitles(toWebVtt(cues)).cues).toHaveLength(cues.length);
    }),
    { numRuns: 300 },
  );
});
