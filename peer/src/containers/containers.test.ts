import { describe, expect, it } from 'vitest';
import { namesOtherFiles, sniffContainer } from './containers.ts';

const HLS = '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///home/me/private.mp4\n#EXT-X-ENDLIST\n';
const hex = (text: string) => Buffer.concat([Buffer.from(text.replaceAll(' ', ''), 'hex'), Buffer.alloc(64)]);

function transport(length: number, packets: number, offset = 0): Buffer {
  const bytes = Buffer.alloc(offset + length * packets, 1);
  for (let at = offset; at < bytes.length; at += length) bytes[at] = 0x47;
  return bytes;
}

describe('a container is told by its content', () => {
  it.each([
    ['mp4', Buffer.from('\0\0\0\x18ftypisom....', 'latin1')],
    ['mp4', Buffer.from('\0\0\0\x08wide\0\0\0\x08mdat', 'latin1')],
    ['matroska', hex('1a45dfa3')],
    ['avi', Buffer.from('RIFF\0\0\0\0AVI LIST')],
    ['wav', Buffer.from('RIFF\0\0\0\0WAVEfmt ')],
    ['ogg', Buffer.from('OggS\0\x02\0\0\0\0\0\0\0')],
    ['asf', hex('3026b2758e66cf11a6d900aa0062ce6c')],
    ['flv', hex('464c5601')],
    ['mpeg', hex('000001ba')],
    ['mpegvideo', hex('000001b3')],
    ['flac', hex('664c6143')],
    ['mp3', hex('494433')],
    ['mp3', hex('fffb9064')],
    ['aac', hex('fff15080')],
    ['mpegts', transport(188, 8)],
    ['mpegts', transport(192, 8, 4)],
    ['mpegts', transport(204, 8, 77)],
  ])('%s', (name, bytes) => {
    expect(sniffContainer(bytes)?.name).toBe(name);
  });

  it.each([
    ['nothing', ''],
    ['a playlist', HLS],
    ['a playlist behind a byte order mark', `\ufeff\n${HLS}`],
    ['a manifest', '<?xml version="1.0"?><MPD><BaseURL>file:///home/me/private.mp4</BaseURL></MPD>'],
    ['a script of FFmpeg', 'ffconcat version 1.0\nfile /home/me/private.mp4\n'],
    ['an address book of radio stations', '[playlist]\nFile1=file:///home/me/private.mp4\n'],
    ['a session description', 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n'],
  ])('and %s is none', (_, text) => {
    expect(sniffContainer(Buffer.from(text))).toBeNull();
    expect(namesOtherFiles(Buffer.from(text))).toBe(text !== '');
  });
});
