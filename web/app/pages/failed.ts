import { GraphQLRequestError } from '@giggityflix/player';
import { h, message } from '../ui/dom.ts';
import { sentence } from '../ui/format.ts';
import type { Page } from './page.ts';

/** What passes by itself: a platform that starts, or lacks a part for a while, and networks. */
const PASSING: ReadonlySet<string> = new Set([
  'NETWORK',
  'NOT_READY',
  'SERVICE_UNAVAILABLE',
  'DOWNSTREAM_SERVICE_ERROR',
  'SUBGRAPH_UNAVAILABLE',
  'SUBGRAPH_INVALID_RESPONSE',
  'INTERNAL_SERVER_ERROR',
  'RATE_LIMITED',
  'COST_BUDGET_EXCEEDED',
]);
/** Between two attempts; each wait is twice the one before. */
const FIRST_WAIT_MS = 3_000;
const LONGEST_WAIT_MS = 60_000;

/** Says why a page cannot be shown, and opens it as soon as it can be: nobody has to walk to the screen for that. */
export function failedPage(
  error: Error,
  { open, show }: { open(): Promise<Page>; show(page: Page): void },
): Page {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = FIRST_WAIT_MS;
  let isLeft = false;
  let attempts = 0;
  const text = h('p', { role: 'status' });
  const say = (problem: Error) => {
    const reason = sentence(problem.message);
    text.textContent = isPassing(problem) ? `${reason} This page tries again by itself.` : reason;
  };
  const attempt = async () => {
    clearTimeout(timer);
    attempts += 1;
    const mine = attempts;
    try {
      const page = await open();
      if (isLeft || mine !== attempts) page.leave?.();
      else show(page);
    } catch (problem) {
      if (isLeft || mine !== attempts) return;
      say(problem as Error);
      later(problem as Error);
    }
  };
  const later = (problem: Error) => {
    if (!isPassing(problem)) return;
    timer = setTimeout(attempt, waitMs);
    waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs);
  };
  say(error);
  later(error);
  addEventListener('online', attempt);
  return {
    title: 'Giggityflix',
    element: message(
      'That did not work',
      text,
      h('button', { class: 'button', onclick: () => void attempt() }, 'Try again'),
    ),
    leave() {
      isLeft = true;
      clearTimeout(timer);
      removeEventListener('online', attempt);
    },
  };
}

const isPassing = (error: Error) => error instanceof GraphQLRequestError && PASSING.has(error.code);
