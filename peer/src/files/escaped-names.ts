import { isUtf8 } from 'node:buffer';

/**
 * Names of files are bytes, and texts here are Unicode. A name that is not UTF-8 is kept with each byte that is not ASCII as
 * "\xE9"; so is one that holds such an escape already, its backslash as "\x5C", so that every name has one text and
 * every text one name.
 */
const ESCAPE = /\\x(5C|[89A-F][0-9A-F])/g;
const HAS_ESCAPE = /\\x(?:5C|[89A-F][0-9A-F])/;
/** On Windows names are Unicode, and a backslash separates them. */
const ARE_BYTES = process.platform !== 'win32';

/** The text of a name; of a path, when its separators are kept. */
export function fromBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return HAS_ESCAPE.test(text) ? text.replaceAll('\\', '\\x5C') : text;
  return bytes
    .toString('latin1')
    .replace(/[\\\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Whether a text stands for a name that it is not equal to. */
export const isEscaped = (text: string): boolean => ARE_BYTES && HAS_ESCAPE.test(text);

/** What the file system calls a path. */
export function toPath(path: string): string | Buffer {
  return isEscaped(path) ? toBytes(path) : path;
}

/** The bytes of a name or a path. */
export function toBytes(text: string): Buffer {
  const parts: Buffer[] = [];
  let end = 0;
  for (const found of text.matchAll(ESCAPE)) {
    parts.push(Buffer.from(text.slice(end, found.index)), Buffer.from(found[1]!, 'hex'));
    end = found.index + found[0].length;
  }
  parts.push(Buffer.from(text.slice(end)));
  return Buffer.concat(parts);
}

/** Whether a name that was read as text may have lost bytes, or hold an escape of its own. */
export const mayBeEscaped = (text: string): boolean =>
  ARE_BYTES && (text.includes('\ufffd') || HAS_ESCAPE.test(text));
