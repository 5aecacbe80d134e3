import { detectEncoding } from './detect.ts';
import { ALL_ENCODINGS, CENTRAL_ENCODINGS, encodingsOf, LATIN_ENCODINGS } from './encodings.ts';

export interface DecodeHints {
  /** A BCP 47 tag or an ISO 639 code. */
  language?: string | null;
  /** What the text itself says its encoding is. */
  declared?: string | null;
}

/** Begins a change of alphabet in ISO 2022. */
const ESCAPE = '\u001b';
const FALLBACK = 'windows-1252';
/** Bytes of a text that are looked at; what it is written in does not change in between. */
const SAMPLE_BYTES = 65_536;
/** So few letters beyond ASCII say nothing of the language; most texts with few have them from windows-1252. */
const FEW = 24;
/** What texts in windows-1252 hold beyond ASCII: letters (Icelandic ones are more often Turkish), quotation marks, dashes. */
const WESTERN = /^(?!.*[ðþýÐÞÝ])[\p{Script=Latin}\p{ASCII}“”„‘’‚«»‹›–—…•€£¥©®°ºª¡¿§·½¼¾²´`\u00a0\u00ad]*$/su;
/**
 * Czech and Slovak in windows-1250, and Hungarian, read as windows-1252: no western language has these letters together, nor "õ"
 * with accents but before "e", as Portuguese has.
 */
const CENTRAL = /^(?=.*ø)(?=.*[èìùïò])(?!.*[æå])|^(?=.*õ(?!e))(?=.*[áéíóú])(?!.*[ãç])/isu;

/**
 * The text of a file that may be in any encoding: by its byte order mark, else UTF-16 and UTF-8 where it is valid as such, else
 * as it declares itself, else by detection among the encodings of its language.
 */
export async function decodeText(bytes: Uint8Array, hints: DecodeHints = {}): Promise<string> {
  const known = unicodeEncoding(bytes);
  if (known) return new TextDecoder(known).decode(bytes);
  const utf8 = bytes.includes(0x1b) ? null : decodeStrictly(bytes, 'utf-8');
  if (utf8 !== null) return utf8;
  // Every two bytes are a character of UTF-16; what is, was found above.
  const isOther = hints.declared && !/^(?:utf|ucs|unicode)/i.test(hints.declared);
  const declared = isOther ? decodeStrictly(bytes, hints.declared!) : null;
  if (declared !== null) return declared;
  return new TextDecoder(await legacyEncoding(bytes, hints.language ?? null)).decode(bytes);
}

/** By the byte order mark; without one, ASCII characters of UTF-16 show: nothing else has zeros in it. */
function unicodeEncoding(bytes: Uint8Array): string | null {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  const end = Math.min(bytes.length, SAMPLE_BYTES);
  for (let at = 0; at < end; at += 1) if (bytes[at] === 0) zeros[at % 2]! += 1;
  const [even = 0, odd = 0] = zeros;
  if (bytes.length % 2 !== 0 || even + odd < end / 50) return null;
  if (odd > even * 4) return 'utf-16le';
  return even > odd * 4 ? 'utf-16be' : null;
}

async function legacyEncoding(bytes: Uint8Array, language: string | null): Promise<string> {
  const sample = informative(bytes.subarray(0, SAMPLE_BYTES));
  const candidates = encodingsOf(language);
  if (candidates.length === 1) return candidates[0]!;
  // Of four characters statistics know nothing; few other texts are valid as Big5.
  if (candidates[0] === 'big5' && decodeStrictly(bytes, 'big5') !== null) return 'big5';
  if (candidates.length > 1) return (await detectEncoding(sample, candidates)) ?? candidates[0]!;
  const asWestern = new TextDecoder(FALLBACK).decode(sample);
  const isWestern = WESTERN.test(asWestern) && isScattered(sample);
  const high = sample.reduce((count, byte) => count + (byte >= 0x80 ? 1 : 0), 0);
  if (isWestern && high < FEW) {
    if (!CENTRAL.test(asWestern)) return FALLBACK;
    return (await detectEncoding(sample, CENTRAL_ENCODINGS)) ?? CENTRAL_ENCODINGS[0]!;
  }
  return (await detectEncoding(sample, isWestern ? LATIN_ENCODINGS : ALL_ENCODINGS)) ?? FALLBACK;
}

/** Whether bytes beyond ASCII stand alone between others, as letters with accents do. */
function isScattered(bytes: Uint8Array): boolean {
  let all = 0;
  let together = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at]! < 0x80) continue;
    all += 1;
    if (at > 0 && bytes[at - 1]! >= 0x80) together += 1;
  }
  return together * 4 < all;
}

/** The lines with more than ASCII in them, without markup: the rest is the same in every language. */
function informative(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  const lines = text.split(/[\r\n]+/).filter((line) => /[\x80-\xff]/.test(line) || line.includes(ESCAPE));
  return Buffer.from(
    lines.join('\n').replace(/<[^<>\x80-\xff]{0,200}>|\{[^{}\x80-\xff]{0,200}\}/g, ' '),
    'latin1',
  );
}

function decodeStrictly(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
