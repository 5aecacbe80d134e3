import { duration, element, get, rows, size } from './elements.js';
import { refreshSettings } from './settings.js';

const REFRESH_MS = 2_000;
/** States of a peer that its edge does not admit. */
const NOT_ADMITTED = {
  INVITATION_REQUIRED: 'not invited',
  INVITATION_REFUSED: 'invitation not valid',
  PENDING_APPROVAL: 'waiting for approval',
  REVOKED: 'revoked',
  TOO_MANY_ATTEMPTS: 'not admitted',
};

/** Titles change seldom and are many. */
const TITLES_EVERY = 5;

function figures(values) {
  element('figures').replaceChildren(
    ...values.map(([name, value]) => {
      const box = document.createElement('div');
      const term = document.createElement('dt');
      const data = document.createElement('dd');
      term.textContent = name;
      data.textContent = value;
      box.append(term, data);
      return box;
    }),
  );
}

function titleOf({ title, year, season, episode }) {
  if (episode !== null) return `${title} · ${season === null ? '' : `S${season}`}E${episode}`;
  return year ? `${title} (${year})` : title;
}

const names = new Map();
let turn = 0;
/** Files on the page that are not shared. */
let shown = 0;
let former = null;

async function refresh() {
  const [status, viewers] = await Promise.all([get('api/status'), get('api/viewers')]);
  if (turn++ % TITLES_EVERY === 0) {
    const [titles, unshared] = await Promise.all([get('api/titles'), get('api/unshared')]);
    // What is no regular file of a media folder is in no index; the last scan knows why.
    const problems = status.scan.last?.problems ?? [];
    rows(
      element('unshared'),
      [...unshared, ...problems].map(({ path, state, reason }) => [path, reason ?? state]),
    );
    shown = unshared.length;
    for (const item of titles) names.set(item.catalogId, titleOf(item));
    rows(
      element('titles'),
      titles.map((item) => [titleOf(item), duration(item.durationSeconds), size(item.sizeBytes)]),
    );
  }
  const { edge, library } = status;
  const waiting = library.pending.files + library.settling.files;
  element('edge').textContent =
    edge.state === 'connected'
      ? `connected to ${edge.edgeId}`
      : edge.state === 'paused'
        ? 'paused'
        : `${NOT_ADMITTED[edge.refusal] ?? 'offline'}, trying ${edge.address}`;
  element('edge').className = edge.state;
  const now = { at: Date.now(), sent: viewers.reduce((sum, viewer) => sum + viewer.sentBytes, 0) };
  const rate =
    former && now.sent >= former.sent ? ((now.sent - former.sent) * 1_000) / (now.at - former.at) : 0;
  former = now;
  const unsharedFiles = library.rejected.files + library.unreadable.files + library.unavailable.files;
  element('more').hidden = unsharedFiles <= shown;
  element('more').textContent = `and ${unsharedFiles - shown} more: giggityflix-peer files --state rejected`;
  figures([
    ['shared', `${library.shared.files} · ${size(library.shared.bytes)}`],
    ['being read', String(waiting)],
    ['not shared', String(unsharedFiles)],
    ['viewers', String(viewers.length)],
    ['sending', `${size(Math.round(rate))}/s`],
  ]);
  const notes = [...status.missing];
  if (edge.lastError && edge.state !== 'connected') notes.push(edge.lastError);
  element('notes').replaceChildren(
    ...notes.map((note) => {
      const item = document.createElement('li');
      item.textContent = note;
      return item;
    }),
  );
  rows(
    element('viewers'),
    viewers.map((viewer) => [
      names.get(viewer.catalogId) ?? viewer.catalogId,
      `since ${new Date(viewer.since).toLocaleTimeString()}`,
      size(viewer.sentBytes),
    ]),
  );
  await refreshSettings(names);
  element('identity').textContent =
    `${status.peerId} · version ${status.version} · ${status.mediaDirs.join(', ') || 'no media folder'}`;
}

async function loop() {
  try {
    await refresh();
  } catch {
    element('edge').textContent = 'the daemon does not answer';
    element('edge').className = '';
  }
  setTimeout(loop, REFRESH_MS);
}
loop();
