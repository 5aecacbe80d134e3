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

/** A labelled choice; the browser's own, which every keyboard, remote control and screen reader can work. */
export function createMenu(label: string, onChoose: (value: string) => void): Menu {
  const select = h('select', { onchange: () => onChoose(select.value) });
  const element = h('label', { class: 'menu', hidden: true }, h('span', {}, label), select);
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
      if (!same) select.replaceChildren(...options.map(({ value, label }) => h('option', { value }, label)));
      select.value = chosen;
    },
  };
}
