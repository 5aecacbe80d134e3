type Child = Node | string | number | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

/**
 * Makes an element. An attribute that is a function is a listener (`onclick`); `false`, `null` and
 * `undefined` leave one out. Text is text: nothing given is ever parsed as markup.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Child | Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    // The page's policy refuses the attribute, and lets a script of the page set styles.
    else if (name === 'style') element.style.cssText = String(value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  for (const child of children.flat())
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : String(child));
  return element;
}

/** A page that only says something, and what to do about it. */
export function message(heading: string, text: string | HTMLElement, ...actions: HTMLElement[]): HTMLElement {
  const paragraph = typeof text === 'string' ? h('p', {}, text) : text;
  return h('div', { class: 'message' }, h('h1', {}, heading), paragraph, ...actions);
}

/** Shows a message for a while; `href` makes it a link. */
export function toast(text: string, href?: string): void {
  const note = h('div', { class: 'toast' }, href ? h('a', { href }, text) : text);
  document.getElementById('toasts')?.append(note);
  setTimeout(() => note.remove(), 8_000);
}
