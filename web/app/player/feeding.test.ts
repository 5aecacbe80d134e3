import { expect, it } from 'vitest';
import { feedingOf } from './feeding.ts';

const page = ({ search = '', isSecureContext = true, hasWorkers = true } = {}) => ({
  location: { search },
  isSecureContext,
  navigator: hasWorkers ? { serviceWorker: {} } : {},
});

it.each([
  ['over HTTPS', page(), true, 'service-worker'],
  ['over plain HTTP', page({ isSecureContext: false, hasWorkers: false }), true, 'media-source'],
  ['on a device without service workers', page({ hasWorkers: false }), true, 'media-source'],
  ['that asks for Media Source', page({ search: '?feed=media-source' }), true, 'media-source'],
  ['that asks for Media Source in vain', page({ search: '?feed=media-source' }), false, 'service-worker'],
  [
    'that asks for a service worker in vain',
    page({ search: '?feed=service-worker', isSecureContext: false }),
    true,
    'media-source',
  ],
  ['that asks for what there is not', page({ search: '?feed=flash' }), true, 'service-worker'],
])('feeds the element of a page %s', (_what, where, canUseMediaSource, feeding) => {
  expect(feedingOf(where, canUseMediaSource)).toBe(feeding);
});
