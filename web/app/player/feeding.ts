import { hasMediaSource } from './media-source.ts';

/**
 * How the bytes of an original reach a video element. `service-worker`: the element asks for ranges of an address, which the
 * service worker answers. `media-source`: the page repackages them and hands them over. What a peer converts always comes by
 * Media Source.
 */
export type Feeding = 'service-worker' | 'media-source';

/** In the page's address, `?feed=media-source` forces one: for devices whose service workers do not do what they should. */
const PARAMETER = 'feed';

/** What is looked at of a page. */
interface PageLike {
  location: Pick<Location, 'search'>;
  navigator: object;
  isSecureContext: boolean;
}

/**
 * The way that the browser has. Service workers are there in secure contexts alone: over HTTPS and on the machine itself, not at
 * `http://192.168.1.7:4000`.
 */
export function feedingOf(page: PageLike = globalThis, canUseMediaSource = hasMediaSource()): Feeding {
  const asked = new URLSearchParams(page.location.search).get(PARAMETER);
  const canUseWorker = page.isSecureContext && 'serviceWorker' in page.navigator;
  if (asked === 'media-source' && canUseMediaSource) return 'media-source';
  if (asked === 'service-worker' && canUseWorker) return 'service-worker';
  return canUseWorker || !canUseMediaSource ? 'service-worker' : 'media-source';
}
