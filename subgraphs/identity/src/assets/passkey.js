// Runs in the page: a form with `data-passkey` asks its address for options, lets the authenticator answer, and is sent with the answer.
const { startRegistration, startAuthentication, browserSupportsWebAuthn } = globalThis.SimpleWebAuthnBrowser;

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const block = form.closest('[data-needs-passkeys]') ?? form;
  if (!browserSupportsWebAuthn() || !globalThis.isSecureContext) continue;
  block.hidden = false;
  const note = block.querySelector('[data-note]');
  const button = form.querySelector('button');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    note.hidden = true;
    try {
      copyFields(form);
      const response = await fetch(form.dataset.options, {
        method: 'POST',
        body: new URLSearchParams(new FormData(form)),
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.problem);
      const start = form.dataset.passkey === 'register' ? startRegistration : startAuthentication;
      form.elements.answer.value = JSON.stringify(await start({ optionsJSON: answer }));
      form.submit();
    } catch (error) {
      button.disabled = false;
      note.textContent =
        error.name === 'NotAllowedError' || error.name === 'AbortError'
          ? 'The passkey was not used. Try again, or choose the other way.'
          : error.message || 'That did not work. Try again.';
      note.hidden = false;
    }
  });
}

/** What was typed into the other form of the page belongs to this one, too. */
function copyFields(form) {
  for (const field of form.querySelectorAll('input[data-from]'))
    field.value = document.getElementById(field.dataset.from).value;
}
