/** What the router shows; `leave` releases everything the page holds. */
export interface Page {
  element: HTMLElement;
  title: string;
  /** Takes the whole window, without the bar at its top. */
  isFullScreen?: boolean;
  leave?(): void;
}
