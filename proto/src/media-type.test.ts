import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mediaTypeOf } from './media-type.ts';

const BYTES = 'application/octet-stream';

describe('the type of a film', () => {
  it.each([
    ['video/mp4', 'video/mp4'],
    ['Video/WebM; codecs="vp9"', 'video/webm'],
    ['audio/mpeg', 'audio/mpeg'],
  ])('%s is %s', (claimed, type) => expect(mediaTypeOf(claimed)).toBe(type));

  it.each([
    'text/html',
    'TEXT/HTML; charset=utf-8',
    'image/svg+xml',
    'application/xhtml+xml',
    'text/xml',
    'application/pdf',
    'text/javascript',
    'multipart/x-mixed-replace; boundary=x',
    'video/mp4\r\nx: y',
    'video/mp4,text/html',
    'text/html;video/mp4',
    'video/*',
    '',
    undefined,
    null,
    7,
    ['video/mp4'],
  ])('%j is bytes', (claimed) => expect(mediaTypeOf(claimed)).toBe(BYTES));

  it('is one of a closed list, whatever is claimed', () => {
    fc.assert(
      fc.property(fc.string(), (claimed) => {
        expect(mediaTypeOf(claimed)).toMatch(/^(video|audio)\/[a-z0-9-]+$|^application\/octet-stream$/);
      }),
    );
  });
});
