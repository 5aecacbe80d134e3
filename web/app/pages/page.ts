/** What the router shows; `leave` releases everything the page holds. */
export interface Page {
  element: HTMLElement;
  title: string;
  leave?(): void;
}
