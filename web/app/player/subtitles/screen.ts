/** Shows one track over the picture. */
export interface SubtitleScreen {
  /** Shows everything so many seconds later than its file says, or earlier. */
  setOffset(seconds: number): void;
  /** The video element has been given another film: what was shown is shown again. */
  reshow(): void;
  stop(): void;
}

/** Where the film's picture is within the box of its element, in CSS pixels. */
export function pictureBox(video: HTMLVideoElement): { x: number; y: number; width: number; height: number } {
  const { clientWidth, clientHeight, offsetLeft, offsetTop } = video;
  const width = video.videoWidth || clientWidth || 1;
  const height = video.videoHeight || clientHeight || 1;
  const scale = Math.min(clientWidth / width, clientHeight / height);
  return {
    x: offsetLeft + (clientWidth - width * scale) / 2,
    y: offsetTop + (clientHeight - height * scale) / 2,
    width: width * scale,
    height: height * scale,
  };
}
