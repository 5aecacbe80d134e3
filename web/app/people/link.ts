import { drawQrCode } from '../sign-in/qr-code.ts';
import { h } from '../ui/dom.ts';
import { copy } from './copy.ts';
import { field, section } from './fields.ts';

/** Shows a link in a place of the page. It cannot be shown again: only its hash is stored. */
export async function showLink(place: HTMLElement, link: string): Promise<void> {
  const text = h('input', { readonly: true, value: link, onfocus: () => text.select() });
  place.replaceChildren(
    section(
      'Give this link to who it is for',
      h('p', { class: 'facts' }, 'It works once, and is shown only now.'),
      h(
        'div',
        { class: 'link' },
        await drawQrCode(link, 'The link, to scan with a phone'),
        h('div', { class: 'fields-down' }, field('Link', text), copy(text)),
      ),
    ),
  );
  place.scrollIntoView({ block: 'center' });
}
