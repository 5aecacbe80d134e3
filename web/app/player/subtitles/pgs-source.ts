import { PgsRenderer } from 'libpgs';
import type { PictureSource } from './picture-screen.ts';

/** The pictures of a Blu-ray disc (`.sup`). @throws Error when they are broken */
export async function loadPgs(
  file: Uint8Array<ArrayBuffer>,
): Promise<(canvas: HTMLCanvasElement) => PictureSource> {
  checkSegments(file);
  return (canvas) => {
    const renderer = new PgsRenderer({ canvas, mode: 'mainThread' as never });
    let isReady = false;
    renderer.loadFromBuffer(file.buffer).then(
      () => {
        isReady = true;
        // The package takes the first picture for drawn unless it was before it once.
        renderer.renderAtTimestamp(-1);
      },
      () => {},
    );
    return {
      isStretched: false,
      draw(seconds) {
        try {
          if (isReady) renderer.renderAtTimestamp(seconds);
        } catch {
          // One picture that is broken is not shown.
        }
      },
    };
  };
}

/** Largest pictures of a disc, in either direction. */
const MAX_PIXELS = 4_096;

/** Looks whether a file is one, and what size it asks for: the package believes it. */
function checkSegments(file: Uint8Array): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  while (at + 13 <= file.byteLength) {
    if (view.getUint16(at) !== 0x5047) break;
    const type = view.getUint8(at + 10);
    const length = view.getUint16(at + 11);
    const body = at + 13;
    const sizeAt =
      type === 0x16 ? body : type === 0x15 && (view.getUint8(body + 3) & 0x80) !== 0 ? body + 7 : 0;
    if (sizeAt > 0 && sizeAt + 4 <= file.byteLength)
      for (const pixels of [view.getUint16(sizeAt), view.getUint16(sizeAt + 2)])
        if (pixels > MAX_PIXELS) throw new Error('the subtitles are broken');
    at = body + length;
  }
  if (at === 0 || at !== file.byteLength) throw new Error('the subtitles are broken');
}
