/** Text that is markup already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Html | null | false | readonly Html[];

/** Markup in which every value is text, unless it is markup itself; null and false are nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(
    parts.reduce((text, part, index) => `${text}${markupOf(values[index - 1] ?? null)}${part}`),
  );
}

function markupOf(value: Value): string {
  if (value === null || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A whole page; `script` is for those that use passkeys. */
export function page({
  title,
  body,
  script = false,
  isWide = false,
}: {
  title: string;
  body: Html;
  script?: boolean;
  /** For what has several sections. */
  isWide?: boolean;
}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Giggityflix</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/pages.css">
${
  script &&
  html`<script src="/assets/webauthn.js" defer></script>
<script src="/assets/passkey.js" defer></script>`
}
</head>
<body>
<main${isWide && html` class="wide"`}>
<p class="brand">Giggityflix</p>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text;
}

/** Headers of every page: it loads our own style and script alone, is framed by nobody, and forms go where they may. */
export function pageHeaders(redirectTargets: readonly string[]): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    // Browsers hold redirects of a form against `form-action`, too: signing in ends at the client.
    'content-security-policy': [
      "default-src 'none'",
      "style-src 'self'",
      "script-src 'self'",
      "connect-src 'self'",
      "img-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      `form-action 'self' ${redirectTargets.join(' ')}`.trim(),
    ].join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // Links are secrets. With none at all, browsers would send `Origin: null` with our own forms.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

export interface Problem {
  status: number;
  text: string;
  retrySeconds?: number;
}

/** A problem above a form, which screen readers say at once. */
export function problemNote(problem: Problem | string | null): Html | null {
  if (problem === null) return null;
  return html`<p class="problem" role="alert">${typeof problem === 'string' ? problem : problem.text}</p>`;
}

/** "in 5 seconds", "in 2 minutes". */
export function inWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  if (seconds < 90) return `in ${seconds} second${seconds === 1 ? '' : 's'}`;
  return `in ${Math.ceil(seconds / 60)} minutes`;
}
