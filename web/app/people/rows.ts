/** Makes a listener of work that may fail, which is then said. */
export function attempting(trouble: HTMLElement) {
  return (work: () => Promise<void>) => () => {
    trouble.textContent = '';
    work().catch((error: Error) => {
      trouble.textContent = `That did not work: ${error.message}`;
    });
  };
}

const relative = new Intl.RelativeTimeFormat([...navigator.languages], { numeric: 'auto' });
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How long ago or ahead a time is, in words. */
export function since(time: string): string {
  const seconds = (Date.parse(time) - Date.now()) / 1_000;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['minute', 60];
  return relative.format(Math.trunc(seconds / length), unit);
}
