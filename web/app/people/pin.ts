import { h } from '../ui/dom.ts';
import { waiting } from '../ui/format.ts';
import type { ProfileOutcome } from './operations.ts';
import { problemText } from './problems.ts';

export const MAX_PIN = 8;
const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'];

/**
 * Asks for a PIN, by keys, touch or a remote control, and tries it until it is right. Null when it was given up.
 */
export function askPin(
  question: string,
  attempt: (pin: string) => Promise<ProfileOutcome>,
): Promise<ProfileOutcome | null> {
  return new Promise((resolve) => {
    let countdown: ReturnType<typeof setInterval> | undefined;
    const field = h('input', {
      type: 'password',
      inputmode: 'numeric',
      pattern: '[0-9]*',
      maxlength: MAX_PIN,
      autocomplete: 'off',
      'aria-label': 'PIN',
      required: true,
    });
    const trouble = h('p', { role: 'alert', class: 'trouble' });
    const send = h('button', { class: 'button primary' }, 'OK');
    const digits = DIGITS.map((digit) =>
      h(
        'button',
        {
          class: 'button',
          type: 'button',
          onclick: () => {
            if (field.value.length < MAX_PIN) field.value += digit;
          },
        },
        digit,
      ),
    );
    const back = h(
      'button',
      {
        class: 'button',
        type: 'button',
        'aria-label': 'Delete the last digit',
        onclick: () => {
          field.value = field.value.slice(0, -1);
        },
      },
      '⌫',
    );
    const form = h(
      'form',
      { class: 'pin' },
      h('h2', {}, question),
      field,
      h('div', { class: 'digits' }, digits, back, send),
      trouble,
      h('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, 'Cancel'),
    );
    const dialog = h(
      'dialog',
      { class: 'dialog', 'aria-label': question, onclose: () => finish(null) },
      form,
    );
    const finish = (outcome: ProfileOutcome | null) => {
      clearInterval(countdown);
      dialog.remove();
      resolve(outcome);
    };
    const lock = (seconds: number) => {
      const until = Date.now() + seconds * 1_000;
      const say = () => {
        const left = Math.ceil((until - Date.now()) / 1_000);
        send.disabled = left > 0;
        trouble.textContent =
          left > 0 ? `Too many wrong PINs. Try again in ${waiting(left)}.` : 'You can try again now.';
        if (left <= 0) clearInterval(countdown);
      };
      clearInterval(countdown);
      countdown = setInterval(say, 1_000);
      say();
    };
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      send.disabled = true;
      try {
        const outcome = await attempt(field.value);
        const { code, retryAfterSeconds } = outcome.error ?? {};
        if (code !== 'WRONG_PIN' && code !== 'LOCKED') return finish(outcome);
        field.value = '';
        if (retryAfterSeconds) return lock(retryAfterSeconds);
        trouble.textContent = problemText(outcome.error!);
      } catch (error) {
        trouble.textContent = (error as Error).message;
      }
      send.disabled = false;
    });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  });
}
