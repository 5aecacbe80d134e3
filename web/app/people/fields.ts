import { h } from '../ui/dom.ts';

/** An input or a menu with its label above it. */
export function field(label: string, control: HTMLElement): HTMLElement {
  return h('label', { class: 'field' }, h('span', {}, label), control);
}

export function section(
  heading: string,
  ...children: (HTMLElement | null | undefined | false)[]
): HTMLElement {
  return h('section', {}, h('h2', {}, heading), ...children);
}

export function checkbox(label: string, checked: boolean) {
  const input = h('input', { type: 'checkbox', checked });
  return { input, element: h('label', { class: 'check' }, input, label) };
}

export interface Choice<Value extends string = string> {
  value: Value;
  label: string | Element;
  /** Where the label is a picture. */
  description?: string;
}

/** One of a few, all of them in sight: a remote control cannot open the menus of every browser. */
export function radios<Value extends string>(name: string, choices: readonly Choice<Value>[], chosen: Value) {
  const inputs = choices.map(({ value, description }) =>
    h('input', { type: 'radio', name, value, checked: value === chosen, 'aria-label': description }),
  );
  return {
    value: () => choices[inputs.findIndex(({ checked }) => checked)]?.value ?? chosen,
    element: h(
      'div',
      { class: 'radios', role: 'radiogroup', 'aria-label': name },
      choices.map(({ label }, index) => h('label', { class: 'chip' }, inputs[index], label)),
    ),
  };
}

/** Any number of a few. */
export function checkboxes(choices: readonly { value: string; label: string }[], chosen: readonly string[]) {
  const boxes = choices.map(({ value, label }) => ({
    value,
    ...checkbox(label, chosen.includes(value)),
  }));
  return {
    value: () => boxes.filter(({ input }) => input.checked).map(({ value }) => value),
    element: h(
      'div',
      { class: 'checks' },
      boxes.map(({ element }) => element),
    ),
  };
}
