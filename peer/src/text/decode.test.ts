// cspell:ignore Сталкер Привет Ста
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from './decode.ts';

interface Sample {
  language: string;
  encoding: string;
  text: string;
  bytes: string;
  /** Whether the bytes are as good a text of another language. */
  needsLanguage?: boolean;
}
const { samples } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../testing/texts.json'), 'utf8'),
) as { samples: Sample[] };

const joined = (before: string, bytes: Uint8Array, after: string) =>
  Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);

describe.each([
  { as: 'a title in XML', before: '<movie><title>', after: '</title><year>2001</year></movie>' },
  { as: 'a subtitle', before: '1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>', after: '</i>\r\n\r\n' },
])('$as', ({ before, after }) => {
  it.each(samples.filter(({ needsLanguage }) => !needsLanguage))(
    'in $encoding is read by itself: $text',
    async ({ text, bytes }) => {
      expect(await decodeText(joined(before, Buffer.from(bytes, 'base64'), after))).toBe(
        before + text + after,
      );
    },
  );
  it.each(samples)(
    'in $encoding is read by its language, $language: $text',
    async ({ text, bytes, language }) => {
      expect(await decodeText(joined(before, Buffer.from(bytes, 'base64'), after), { language })).toBe(
        before + text + after,
      );
    },
  );
});

describe('a text in Unicode', () => {
  const text = '<title>Сталкер – 天気の子</title>\r\n<year>1979</year>';
  const little = Buffer.from(text, 'utf16le');
  const big = Buffer.from(little).swap16();
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16LE with a byte order mark', Buffer.concat([Buffer.from([0xff, 0xfe]), little])],
    ['UTF-16BE with a byte order mark', Buffer.concat([Buffer.from([0xfe, 0xff]), big])],
    ['UTF-16LE', little],
    ['UTF-16BE', big],
  ])('is read as %s', async (_, bytes) => {
    expect(await decodeText(bytes)).toBe(text);
  });
  it('is read as such whatever it declares', async () => {
    expect(await decodeText(Buffer.from(text), { declared: 'windows-1251', language: 'ja' })).toBe(text);
  });
});

it('a text is read as it declares itself, unless it cannot be', async () => {
  const bytes = Buffer.from([0xd1, 0xf2, 0xe0]);
  expect(await decodeText(bytes, { declared: 'windows-1251' })).toBe('Ста');
  expect(await decodeText(Buffer.from('Am\xe9lie', 'latin1'), { declared: 'utf-8' })).toBe('Amélie');
  expect(await decodeText(Buffer.from('Am\xe9lie', 'latin1'), { declared: 'no such thing' })).toBe('Amélie');
});

it('guesses the encoding of a few letters by their language', async () => {
  const russian = Uint8Array.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]);
  expect(await decodeText(russian, { language: 'ru' })).toBe('Привет');
  expect(await decodeText(Uint8Array.from([0xa9, 0x50]))).toBe('©P');
});

it('any bytes become text', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.option(fc.constantFrom('ru', 'zh', 'ja', 'pl')),
      async (bytes, language) => {
        expect(typeof (await decodeText(bytes, { language }))).toBe('string');
      },
    ),
    { numRuns: 100 },
  );
});
