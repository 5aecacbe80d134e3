import type { CodeOutcome } from '../sign-in/sign-in.ts';
import { type Html, html, type Problem, problemNote } from './html.ts';
import { locked } from './problems.ts';

/** The field that takes an authenticator's code; a keyboard of digits would not do for recovery codes. */
export function codeField(): Html {
  return html`<label for="code">Code</label>
<p class="hint" id="code-hint">The six digits that your authenticator shows now, or one of your recovery codes.</p>
<input class="code" type="text" id="code" name="code" aria-describedby="code-hint" maxlength="64" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required autofocus>`;
}

/** What is asked for after the password. */
export function codeForm({
  base,
  token,
  problem,
}: {
  base: string;
  token: Html;
  problem: Problem | null;
}): Html {
  return html`${problemNote(problem)}
<p>Your password is right. This account asks for a code, too.</p>
<form method="post" action="${base}/code">
${token}
${codeField()}
<button>Go on</button>
</form>
<form method="post" action="${base}/restart">${token}<button class="second">Start again</button></form>`;
}

/** Why a code was not taken. */
export function codeProblem(outcome: Exclude<CodeOutcome, { outcome: 'signed_in' }>, now: Date): Problem {
  switch (outcome.outcome) {
    case 'locked':
      return locked('Too many codes were wrong.', outcome.retryMs);
    case 'used':
      return {
        status: 401,
        text: 'This code was used already. Wait until your authenticator shows the next one.',
      };
    case 'behind':
      return {
        status: 401,
        text: `This is the code of ${lengthOf(outcome.byMs)} ago: the clock of your authenticator is behind. ${clockAdvice(now)}`,
      };
    default:
      return {
        status: 401,
        text: `The code is wrong. If the next one is wrong, too, look at the clock of your authenticator. ${clockAdvice(now)}`,
      };
  }
}

/** Why the first code of a new authenticator was not taken. */
export function firstCodeProblem(
  outcome:
    | { outcome: 'wrong' }
    | { outcome: 'other_time'; offMs: number }
    | { outcome: 'locked'; retryMs: number },
  now: Date,
): Problem {
  if (outcome.outcome === 'locked') return codeProblem(outcome, now);
  if (outcome.outcome === 'wrong')
    return { status: 400, text: 'The code is wrong. Type the six digits that your authenticator shows now.' };
  const way = outcome.offMs < 0 ? 'behind' : 'fast';
  const off = lengthOf(Math.abs(outcome.offMs));
  return {
    status: 400,
    text: `The clock of your authenticator is ${off} ${way}, so its codes would not be taken. ${clockAdvice(now)}`,
  };
}

function clockAdvice(now: Date): string {
  return `Here it is ${now.toISOString().slice(11, 19)} UTC. Let that device set its time by itself, and try again.`;
}

function lengthOf(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}
