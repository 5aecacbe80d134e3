import { h } from '../ui/dom.ts';
import { checkboxes, radios } from './fields.ts';
import type { Library } from './operations.ts';

/** Which libraries an account may see: all of them, those of later included, or some. */
export function libraryChoice(name: string, libraries: readonly Library[], chosen: readonly string[] | null) {
  const which = radios(
    name,
    [
      { value: 'all', label: 'All titles' },
      { value: 'some', label: 'Some libraries' },
    ],
    chosen === null ? 'all' : 'some',
  );
  const gone = (chosen ?? []).filter((id) => !libraries.some((library) => library.id === id));
  const boxes = checkboxes(
    [...libraries.map((library) => ({ value: library.id, label: library.name })), ...gone.map(unknown)],
    chosen ?? [],
  );
  const none = h('p', { class: 'facts' }, 'There are no libraries yet.');
  const some = h('div', {}, libraries.length > 0 ? boxes.element : none);
  const adapt = () => {
    some.hidden = which.value() === 'all';
  };
  const element = h('div', { class: 'fields-down', onchange: adapt }, which.element, some);
  adapt();
  return { element, value: (): string[] | null => (which.value() === 'all' ? null : boxes.value()) };
}

const unknown = (id: string) => ({ value: id, label: `${id} (deleted)` });

/** What an account may see, in words. */
export function describeLibraries(ids: readonly string[] | null, libraries: readonly Library[]): string {
  if (ids === null) return 'All titles';
  if (ids.length === 0) return 'No titles';
  return ids.map((id) => libraries.find((library) => library.id === id)?.name ?? id).join(', ');
}
