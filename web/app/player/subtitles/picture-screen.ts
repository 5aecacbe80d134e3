import { pictureBox, type SubtitleScreen } from './screen.ts';

/** Often enough for speech; a picture of subtitles stands for seconds. */
const LOOK_MS = 100;

/** Draws what is shown at a time on a canvas. */
export interface PictureSource {
  draw(seconds: number): void;
  /** Whether the canvas has the shape of the film's picture, however its own pixels are shaped. */
  isStretched: boolean;
}

/** Shows subtitles that are pictures, on a canvas over the film. */
export function createPictureScreen(options: {
  video: HTMLVideoElement;
  offsetSeconds: number;
  source(canvas: HTMLCanvasElement): PictureSource;
}): SubtitleScreen {
  const { video } = options;
  let offset = options.offsetSeconds;
  const canvas = document.createElement('canvas');
  canvas.className = 'drawn-subtitles pictures';
  video.after(canvas);
  const source = options.source(canvas);

  const place = () => {
    const box = pictureBox(video);
    // The pictures of a disc are as wide as the film, and reach into its black bars.
    const height = source.isStretched ? box.height : (box.width * canvas.height) / (canvas.width || 1);
    const top = box.y + (box.height - height) / 2;
    Object.assign(canvas.style, {
      left: `${box.x}px`,
      top: `${top}px`,
      width: `${box.width}px`,
      height: `${height}px`,
    });
  };
  const draw = () => {
    source.draw(video.currentTime - offset);
    place();
  };
  const observer = new ResizeObserver(place);
  observer.observe(video);
  const timer = setInterval(() => {
    if (!video.paused) draw();
  }, LOOK_MS);
  const events = ['seeked', 'pause', 'loadedmetadata'] as const;
  for (const event of events) video.addEventListener(event, draw);
  draw();

  return {
    setOffset(seconds) {
      offset = seconds;
      draw();
    },
    reshow: draw,
    stop() {
      clearInterval(timer);
      observer.disconnect();
      for (const event of events) video.removeEventListener(event, draw);
      canvas.remove();
    },
  };
}
