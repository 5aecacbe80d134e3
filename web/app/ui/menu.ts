import { isBackKey } from './back-keys.ts';
import { h } from './dom.ts';

export interface MenuOption {
  value: string;
  label: string;
}

export interface Menu {
  element: HTMLElement;
  /** With fewer than two options there is nothing to choose, and no menu. */
  show(options: readonly MenuOption[], chosen: string): void;
}

/**
 * A labelled choice: the browser's own for pointers and screen readers. Enter opens a list of buttons instead, for remote
 * controls, which the lists of browsers do not answer everywhere.
 */
export function createMenu(label: string, onChoose: (value: string) => void): Menu {
  const select = h('select', {
    'data-opens-list': true,
    onchange: () => onChoose(select.value),
    onkeydown(event: KeyboardEvent) {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      open();
    },
  });
  const field = h('label', { class: 'menu' }, h('span', {}, label), select);
  const list = h('div', {
    ...{ class: 'panel options', role: 'menu', 'aria-label': label, hidden: true },
    onfocusout({ relatedTarget }: FocusEvent) {
      if (!list.contains(relatedTarget as Node | null)) list.hidden = true;
    },
  });
  const element = h('div', { class: 'choice', hidden: true }, field, list);

  const close = (): boolean => {
    if (list.hidden) return false;
    select.focus();
    list.hidden = true;
    return true;
  };
  const choose = (value: string) => {
    select.value = value;
    close();
    onChoose(value);
  };
  const open = () => {
    list.replaceChildren(
      ...[...select.options].map(({ value, text, selected }) =>
        h(
          'button',
          {
            type: 'button',
            role: 'menuitemradio',
            'aria-checked': String(selected),
            onclick: () => choose(value),
          },
          text,
        ),
      ),
    );
    list.hidden = false;
    const room = (list.offsetParent?.clientWidth ?? 0) - list.offsetWidth;
    list.style.left = `${Math.max(0, Math.min(field.offsetLeft, room))}px`;
    list.style.top = `${field.offsetTop + field.offsetHeight + 8}px`;
    list.querySelector<HTMLElement>('[aria-checked=true]')?.focus();
  };
  list.addEventListener('keydown', (event) => {
    if (isBackKey(event) && close()) event.preventDefault();
  });
  return {
    element,
    show(options, chosen) {
      element.hidden = options.length < 2;
      const same =
        options.length === select.length &&
        options.every(({ value, label }, index) => {
          const option = select.options[index];
          return option?.value === value && option.text === label;
        });
      // An open menu would close if its options were made anew.
      if (!same) {
        close();
        select.replaceChildren(...options.map(({ value, label }) => h('option', { value }, label)));
      }
      select.value = chosen;
    },
  };
}
