import { count, element, get, make, post, rows, size, whenChanged } from './elements.js';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const hour = (number) => `${String(number).padStart(2, '0')}:00`;
const moment = (text) => new Date(text).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
const megabits = (kbps) => (kbps === 0 ? 'no limit' : `${kbps / 1_000} Mbit/s`);

let titles = new Map();

/** Does what the owner asks for; what came of it is read out and shown beside the form. */
async function act(place, path, body, done = '') {
  const note = element(place);
  note.className = 'note';
  try {
    note.textContent = '…';
    show(await post(path, body));
    note.textContent = done;
    return true;
  } catch (error) {
    note.className = 'note problem';
    note.textContent = error.message;
    return false;
  }
}

function fixed(id, variable) {
  const note = element(id);
  note.hidden = !variable;
  note.textContent = variable
    ? `${variable} is set where the peer is started, and comes before what is set here.`
    : '';
}

function showFolders({ folders, fixedBy }) {
  rows(
    element('folders'),
    folders.map(({ path, shared, others, bytes, problem }) => [
      path,
      problem ?? `${count(shared, 'film')} shared${others > 0 ? `, ${others} not` : ''} · ${size(bytes)}`,
      fixedBy.folders
        ? ''
        : make(
            'button',
            {
              type: 'button',
              'aria-label': `Remove ${path}`,
              onclick: () =>
                act('folders-note', 'api/owner/folders/remove', { path }, `${path} is no longer shared.`),
            },
            'Remove',
          ),
    ]),
  );
  element('add-folder').hidden = fixedBy.folders !== null;
  fixed('folders-fixed', fixedBy.folders);
}

function hourRow({ from, until, limitKbps }) {
  const choice = (name, label, value, hours) =>
    make(
      'select',
      { name, 'aria-label': label },
      ...hours.map((number) => make('option', { value: number, selected: number === value }, hour(number))),
    );
  const row = make(
    'div',
    { class: 'rule' },
    choice('from', 'from', from, HOURS),
    ' to ',
    choice('until', 'to', until, [...HOURS.slice(1), 24]),
    ' at most ',
    make('input', {
      name: 'limit',
      type: 'number',
      min: 0,
      step: 'any',
      'aria-label': 'megabits a second in these hours',
      value: limitKbps / 1_000,
    }),
    ' Mbit/s ',
    make('button', { type: 'button', onclick: () => row.remove() }, 'Remove these hours'),
  );
  return row;
}

function showBandwidth({ bandwidth, fixedBy }) {
  element('limit').value = bandwidth.limitKbps / 1_000;
  element('hours').replaceChildren(...bandwidth.hours.map(hourRow));
  element('bandwidth').hidden = fixedBy.bandwidth !== null;
  fixed('bandwidth-fixed', fixedBy.bandwidth);
}

function showPaused(paused) {
  element('pause').textContent = paused ? 'Resume sharing' : 'Pause sharing';
  element('pause').dataset.paused = paused;
  element('paused').hidden = !paused;
}

function show(settings) {
  whenChanged('folders', [settings.folders, settings.fixedBy.folders], () => showFolders(settings));
  const { nowKbps, ...bandwidth } = settings.bandwidth;
  whenChanged('bandwidth', [bandwidth, settings.fixedBy.bandwidth], () => showBandwidth(settings));
  element('limit-now').textContent = `At this hour: ${megabits(nowKbps)}.`;
  whenChanged('paused', settings.paused, showPaused);
  whenChanged('deletion', [settings.deletion, settings.fixedBy.deletion], () => {
    for (const option of document.querySelectorAll('input[name=deletion]')) {
      option.checked = option.value === settings.deletion;
      option.disabled = settings.fixedBy.deletion !== null;
    }
    fixed('deletion-fixed', settings.fixedBy.deletion);
  });
  fixed('network-fixed', settings.fixedBy.network);
}

function showDeletions(requests) {
  element('deletions').hidden = requests.length === 0;
  const decide = (requestId, approve) => async () => {
    if (approve && !confirm('Delete these files from this machine? They cannot be brought back.')) return;
    await act('deletions-note', 'api/owner/deletions/decide', { requestId, approve });
  };
  rows(
    element('deletion-requests'),
    requests.map(({ requestId, catalogId, requestedAt, files }) => [
      files.join(', ') || titles.get(catalogId) || catalogId,
      moment(requestedAt),
      make(
        'span',
        { class: 'choice' },
        make('button', { type: 'button', class: 'danger', onclick: decide(requestId, true) }, 'Delete'),
        make('button', { type: 'button', onclick: decide(requestId, false) }, 'Keep'),
      ),
    ]),
  );
}

function showHistory(sessions) {
  rows(
    element('history'),
    sessions.map(({ catalogId, viewer, startedAt, endedAt, sentBytes }) => [
      titles.get(catalogId) ?? 'a film that is no longer shared',
      viewer === null ? 'a viewer' : `viewer ${viewer}`,
      `${moment(startedAt)}, ${count(Math.max(1, Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 60_000)), 'minute')}`,
      size(sentBytes),
    ]),
  );
  element('clear-history').hidden = sessions.length === 0;
}

/** Reads what the owner may change; `names` are the films' by catalog id. Other machines than this one may not. */
export async function refreshSettings(names) {
  titles = names;
  const response = await fetch('api/owner/settings');
  for (const part of document.querySelectorAll('.owner')) part.hidden = !response.ok;
  if (!response.ok) return;
  const [deletions, history] = await Promise.all([get('api/owner/deletions'), get('api/owner/history')]);
  show(await response.json());
  whenChanged('deletions', deletions, showDeletions);
  whenChanged('history', [history, titles.size], () => showHistory(history));
}

function onSubmit(id, submit) {
  element(id).addEventListener('submit', (event) => {
    event.preventDefault();
    void submit(event.target);
  });
}

onSubmit('add-folder', async (form) => {
  const path = element('folder').value;
  if (await act('folders-note', 'api/owner/folders/add', { path }, `${path} is shared from now on.`))
    form.reset();
});
onSubmit('bandwidth', () => {
  const kbps = (input) => Math.round(Number(input.value) * 1_000);
  const hours = [...element('hours').children].map((row) => ({
    from: Number(row.querySelector('[name=from]').value),
    until: Number(row.querySelector('[name=until]').value),
    limitKbps: kbps(row.querySelector('[name=limit]')),
  }));
  return act('bandwidth-note', 'api/owner/bandwidth', { limitKbps: kbps(element('limit')), hours }, 'Kept.');
});
onSubmit('join', async (form) => {
  const invitation = element('invitation').value;
  if (await act('join-note', 'api/owner/join', { invitation }, 'The invitation is kept, and used now.'))
    form.reset();
});
element('add-hours').addEventListener('click', () =>
  element('hours').append(hourRow({ from: 18, until: 23, limitKbps: 2_000 })),
);
element('pause').addEventListener('click', () =>
  act('pause-note', 'api/owner/pause', { paused: element('pause').dataset.paused !== 'true' }),
);
element('clear-history').addEventListener('click', () =>
  act('history-note', 'api/owner/history/clear', {}, 'Cleared.'),
);
for (const option of document.querySelectorAll('input[name=deletion]'))
  option.addEventListener('change', () =>
    act('deletion-note', 'api/owner/deletion', { rule: option.value }, 'Kept.'),
  );
