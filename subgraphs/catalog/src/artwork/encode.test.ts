import { blackPng } from '@giggityflix/testing';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePicture, MAX_INPUT_PIXELS, MAX_INPUT_SIDE, MAX_OUTPUT_SIDE } from './encode.ts';

const SIDE = Math.sqrt(MAX_INPUT_PIXELS);
const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#456' } });

const framed = (background: string) =>
  sharp({ create: { width: 8, height: 8, channels: 3, background } })
    .png()
    .toBuffer();

describe('a picture from a peer', () => {
  it.each([
    ['JPEG', () => plain(40, 30).jpeg().toBuffer()],
    ['PNG', () => plain(40, 30).png().toBuffer()],
    ['WebP', () => plain(40, 30).webp().toBuffer()],
  ])('is written anew from %s', async (_type, make) => {
    const made = await encodePicture(await make());
    expect(made).toMatchObject({ mimeType: 'image/jpeg', width: 40, height: 30 });
    expect(await sharp(made?.data).metadata()).toMatchObject({ format: 'jpeg', width: 40, height: 30 });
  });

  it('keeps nothing of what is not shown', async () => {
    const made = await encodePicture(blackPng(8, 8, '<script>alert(1)</script>'));
    expect(made).not.toBeNull();
    expect(Buffer.from(made?.data ?? []).toString('latin1')).not.toContain('script');
  });

  it('is made smaller where it is larger than what is shown', async () => {
    const made = await encodePicture(blackPng(SIDE, SIDE / 2));
    expect(made).toMatchObject({ width: MAX_OUTPUT_SIDE, height: MAX_OUTPUT_SIDE / 2 });
  });

  it('is taken up to the limit of pixels, and refused beyond it however small the file is', async () => {
    expect(await encodePicture(blackPng(SIDE, SIDE))).not.toBeNull();
    expect(await encodePicture(blackPng(SIDE + 1, SIDE))).toBeNull();
    const bomb = blackPng(16_000, 16_000);
    expect(bomb.length).toBeLessThan(40_000);
    expect(await encodePicture(bomb)).toBeNull();
  });

  it('is taken up to the limit of its sides, and refused beyond it', async () => {
    expect(await encodePicture(blackPng(MAX_INPUT_SIDE, 2))).not.toBeNull();
    expect(await encodePicture(blackPng(MAX_INPUT_SIDE + 1, 2))).toBeNull();
    expect(await encodePicture(blackPng(2, MAX_INPUT_SIDE))).not.toBeNull();
    expect(await encodePicture(blackPng(2, MAX_INPUT_SIDE + 1))).toBeNull();
  });

  it('is refused when it is a film', async () => {
    const frames = await Promise.all(['#123', '#456'].map((background) => framed(background)));
    const film = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    expect(await sharp(film).metadata()).toMatchObject({ pages: 2 });
    expect(await encodePicture(film)).toBeNull();
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<html><script>alert(1)</script></html>')],
    ['a drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')],
    ['an animation', Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1')],
    ['the beginning of a picture', blackPng(100, 100).subarray(0, 40)],
    ['a signature alone', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ['too many bytes', Buffer.concat([blackPng(8, 8), Buffer.alloc(400_000)])],
  ])('is refused when it is %s', async (_what, data) => {
    expect(await encodePicture(data)).toBeNull();
  });
});
