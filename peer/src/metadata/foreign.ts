// cspell:ignore ustar
import { namesOtherFiles } from '../containers/containers.ts';

const starts = (text: string, at = 0) => {
  const bytes = Buffer.from(text, 'latin1');
  return (head: Buffer) => head.subarray(at, at + bytes.length).equals(bytes);
};

const NO_CONTAINER = 'its content is none of the containers that this peer opens';

/** What files are that are called films and are none, in words for their owner. */
const KINDS: readonly [(head: Buffer) => boolean, string][] = [
  [
    (head) => head.every((byte) => byte === 0),
    'it begins with nothing but zeros, as a download that has not ended does',
  ],
  [starts('PK\x03\x04'), 'it is a ZIP archive: extract what is in it'],
  [starts('Rar!\x1a\x07'), 'it is a RAR archive: extract what is in it'],
  [starts('7z\xbc\xaf\x27\x1c'), 'it is a 7z archive: extract what is in it'],
  [starts('\x1f\x8b'), 'it is a gzip archive: extract what is in it'],
  [starts('\xfd7zXZ\x00'), 'it is an XZ archive: extract what is in it'],
  [starts('BZh'), 'it is a bzip2 archive: extract what is in it'],
  [starts('ustar', 257), 'it is a tar archive: extract what is in it'],
  [starts('%PDF'), 'it is a PDF document'],
  [starts('\x89PNG'), 'it is a picture (PNG)'],
  [starts('\xff\xd8\xff'), 'it is a picture (JPEG)'],
  [starts('GIF8'), 'it is a picture (GIF)'],
  [starts('MZ'), 'it is a program for Windows: do not open it'],
  [starts('\x7fELF'), 'it is a program'],
  [starts('SQLite format 3'), 'it is a database'],
  [starts('d8:announce'), 'it is a torrent: download what it names'],
  [starts('d7:comment'), 'it is a torrent: download what it names'],
  [
    (head) => /^[\s\xef\xbb\xbf]*<(?:!doctype html|html|head|body)/i.test(head.toString('latin1')),
    'it is a web page, as a server sends in place of a film that it does not have',
  ],
  [namesOtherFiles, `${NO_CONTAINER}: it is a playlist, which only names other files`],
  [isText, `${NO_CONTAINER}: it is a text`],
];

/** What a file is that is of no container this peer opens. */
export function nameForeign(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const known = head.length > 0 && KINDS.find(([is]) => is(head));
  return known ? known[1] : NO_CONTAINER;
}

/** Whether it holds no control characters but those that texts have. */
function isText(head: Buffer): boolean {
  return head.every(
    (byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0x0c,
  );
}
