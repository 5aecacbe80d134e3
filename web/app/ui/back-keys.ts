import { goBack } from './entries.ts';

/** By browsers of televisions and of keyboards; some send Escape. */
const BACK_KEYS = ['Escape', 'GoBack', 'BrowserBack', 'XF86Back'];

export function isBackKey(event: KeyboardEvent): boolean {
  return BACK_KEYS.includes(event.key) && !event.altKey && !event.ctrlKey && !event.metaKey;
}

/** Lets the Back of a remote control close what is open, and else go back within the site. */
export function enableBackKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || !isBackKey(event)) return;
    const isEscape = event.key === 'Escape';
    const { target } = event;
    // Browsers end these by Escape themselves.
    const dialog = document.querySelector<HTMLDialogElement>('dialog[open]');
    if (isEscape && (dialog || document.fullscreenElement)) return;
    const details = target instanceof Element ? target.closest('details[open]') : null;
    // Whoever fills in a form means its field, and not to lose what is in all of them.
    if (isEscape && !details && target instanceof Element && target.closest('form')) return;
    event.preventDefault();
    if (dialog) dialog.close();
    else if (document.fullscreenElement) void document.exitFullscreen();
    else if (details) close(details);
    else goBack(document.querySelector<HTMLAnchorElement>('.watch .back')?.hash);
  });
}

function close(details: Element): void {
  details.removeAttribute('open');
  details.querySelector('summary')?.focus();
}
