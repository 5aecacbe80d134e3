import { h } from '../ui/dom.ts';

/** A button that copies the text of a field. */
export function copy(field: HTMLInputElement): HTMLElement {
  const button = h(
    'button',
    {
      class: 'button',
      type: 'button',
      onclick: () => {
        field.select();
        copyText(field.value).then(
          () => {
            button.textContent = 'Copied';
          },
          () => {
            button.textContent = 'Press Ctrl+C to copy';
          },
        );
      },
    },
    'Copy the link',
  );
  return button;
}

async function copyText(text: string): Promise<void> {
  // Pages without a secure context have no clipboard, and copy what is selected.
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else if (!document.execCommand('copy')) throw new Error('refused');
}
