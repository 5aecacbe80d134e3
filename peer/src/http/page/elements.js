export const element = (id) => document.getElementById(id);

export const size = (bytes) => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = bytes;
  for (; value >= 1_000 && unit < units.length - 1; unit += 1) value /= 1_000;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
};

export const duration = (seconds) => {
  if (!seconds) return '';
  const minutes = Math.floor(seconds / 60);
  const rest = String(Math.floor(seconds % 60)).padStart(2, '0');
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

export const count = (number, one) => `${number} ${one}${number === 1 ? '' : 's'}`;

/** An element with attributes and what it holds; text is text. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Fills a table; a cell is text or an element. */
export function rows(table, lines) {
  table.tBodies[0].replaceChildren(
    ...lines.map((cells) => make('tr', {}, ...cells.map((cell) => make('td', {}, cell)))),
  );
}

/** Replaces what an element shows only where it is other than before, so that nothing loses the focus. */
const shown = new Map();
export function whenChanged(id, value, show) {
  const text = JSON.stringify(value);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  show(value);
}

export const get = async (path) => (await fetch(path)).json();

/** Sends what the owner wants; throws an Error with the peer's own words. */
export async function post(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? `the peer answered ${response.status}`);
  return answer;
}
