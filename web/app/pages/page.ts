/** What the router shows; `leave` releases everything the page holds, for good. */
export interface Page {
  element: HTMLElement;
  title: string;
  /** Takes the whole window, without the bar at its top. */
  isFullScreen?: boolean;
  leave?(): void;
  /** Of a page that is kept for who comes back: it does nothing until it is resumed or left. */
  pause?(): void;
  resume?(): void;
}
