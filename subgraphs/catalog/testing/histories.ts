import fc from 'fast-check';
import type { Statement } from '../src/statements/effective.ts';
import { digestOf, type Facts } from '../src/statements/facts.ts';
import type { Standing } from '../src/statements/standing.ts';
import type { Check, Statements } from '../src/statements/statements.ts';
import { NEW_IDENTITY_MS } from '../src/statements/voices.ts';
import { connectionOf, fileId } from './events.ts';
import { factsNamed } from './facts.ts';

export const PEERS = ['ann', 'bob', 'eve'] as const;
export const FILES = [fileId(1), fileId(2)] as const;

type Peer = (typeof PEERS)[number];
type File = (typeof FILES)[number];

/** Something a peer does, or that is found out of it. Its time is its place in the history. */
type Act = { peer: Peer } & (
  | { kind: 'describe'; file: File; name: string; language: string | null }
  | { kind: 'add' | 'remove'; file: File }
  | { kind: 'full'; files: File[]; inParts: boolean }
  | { kind: 'leave' }
  | { kind: 'connect'; network: string | null }
  | { kind: 'check'; file: File; outcome: Check['outcome'] }
);
export type History = readonly Act[];

const peer = fc.constantFrom(...PEERS);
const file = fc.constantFrom(...FILES);

export const histories: fc.Arbitrary<History> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('describe' as const),
      peer,
      file,
      name: fc.constantFrom('A', 'B', 'C'),
      language: fc.option(fc.constantFrom('de', 'en')),
    }),
    fc.record({ kind: fc.constantFrom('add' as const, 'remove' as const), peer, file }),
    fc.record({
      kind: fc.constant('full' as const),
      peer,
      files: fc.subarray([...FILES]),
      inParts: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('leave' as const), peer }),
    fc.record({
      kind: fc.constant('connect' as const),
      peer,
      network: fc.option(fc.constantFrom('here', 'there')),
    }),
    fc.record({
      kind: fc.constant('check' as const),
      peer,
      file,
      outcome: fc.constantFrom('proven' as const, 'failed' as const, 'unanswered' as const),
    }),
  ),
  { maxLength: 20 },
);

/** Time between two acts; within it an announcement in parts is made. A few of them make a new peer one that stayed. */
const TICK = NEW_IDENTITY_MS / 4;

/** The events of a history as the bus delivers them: each queue in its order, the queues in any. */
export function queuesOf(history: History, statements: Statements): (() => Promise<unknown>)[][] {
  const queues = new Map<string, (() => Promise<unknown>)[]>();
  const connections = new Map<Peer, number>();
  const put = (queue: string, event: () => Promise<unknown>) => {
    const known = queues.get(queue) ?? [];
    queues.set(queue, known);
    known.push(event);
  };
  history.forEach((act, n) => {
    const at = (n + 1) * TICK;
    const { peer: peerId } = act;
    const number = connections.get(peerId) ?? 1;
    const connection = { peerId, connectionId: connectionOf(peerId, number) };
    const announce = (time: number, changes: object) =>
      put(`announcements of ${peerId}`, () =>
        statements.announced({
          ...connection,
          catalogIds: [],
          removedCatalogIds: [],
          isFull: false,
          updateId: '',
          isFinal: true,
          at: time,
          ...changes,
        }),
      );
    if (act.kind === 'describe') {
      const facts = factsNamed(act.name, { language: act.language });
      put(`descriptions of ${act.file}`, () =>
        statements.described({ catalogId: act.file, peerId, facts, at }),
      );
    } else if (act.kind === 'add') announce(at, { catalogIds: [act.file] });
    else if (act.kind === 'remove') announce(at, { removedCatalogIds: [act.file] });
    else if (act.kind === 'full') {
      const full = { isFull: true, updateId: `u${n}` };
      if (act.inParts)
        act.files.forEach((id, part) => {
          announce(at + part, { ...full, catalogIds: [id], isFinal: false });
        });
      announce(at + TICK - 1, { ...full, catalogIds: act.inParts ? [] : act.files });
    } else if (act.kind === 'leave') {
      put(`connections of ${peerId}`, () => statements.closed({ ...connection, at }));
      connections.set(peerId, number + 1);
    } else if (act.kind === 'connect') {
      const { network } = act;
      put(`connections of ${peerId}`, () => statements.connected({ ...connection, network, at }));
    } else if (act.kind === 'check')
      put(`checks of ${peerId}`, () =>
        statements.checked({ ...connection, catalogId: act.file, outcome: act.outcome, at }),
      );
  });
  return [...queues.values()];
}

/** What is said of a file after all of a history, and what speaks for it: the model, which follows the acts one by one. */
export function modelOf(history: History, file: File): (Statement & { names: string[] })[] {
  return PEERS.flatMap((peerId) => {
    let facts: Facts | null = null;
    let firstAt = 0;
    const names: string[] = [];
    let held = false;
    let leftAt: number | null = null;
    let isGone = false;
    let wasRemoved = false;
    let outcome: Check['outcome'] | null = null;
    let network: string | null = null;
    let firstSeenAt = 0;
    let announcedAt = 0;
    history.forEach((act, n) => {
      const at = (n + 1) * TICK;
      if (act.peer !== peerId) return;
      const hold = (time = at) => {
        announcedAt = time;
        held = true;
        isGone = false;
        wasRemoved = false;
        leftAt = null;
      };
      if (act.kind === 'describe' && act.file === file) {
        if (!facts) firstAt = at;
        names.push(act.name);
        facts = factsNamed(act.name, { language: act.language });
      } else if (act.kind === 'add' && act.file === file) hold();
      else if (act.kind === 'remove' && act.file === file) {
        if (held || leftAt !== null) leftAt = at;
        held = false;
        wasRemoved = true;
      } else if (act.kind === 'full' && act.files.includes(file))
        hold(act.inParts ? at + act.files.indexOf(file) : at + TICK - 1);
      else if (act.kind === 'full') {
        if (held) leftAt = act.inParts && act.files.length > 0 ? at : at + TICK - 1;
        else if (leftAt !== null && !wasRemoved && !isGone)
          leftAt = act.inParts && act.files.length > 0 ? at : at + TICK - 1;
        held = false;
      } else if (act.kind === 'leave') {
        if ((held || leftAt !== null) && !wasRemoved) {
          leftAt = at;
          isGone = true;
        }
        held = false;
      } else if (act.kind === 'connect') {
        network = act.network;
        firstSeenAt ||= at;
      } else if (act.kind === 'check' && act.file === file) outcome = act.outcome;
    });
    if (!facts) return [];
    const standing = standingOf({ held, leftAt, outcome });
    const speaker = { peerId, network, firstSeenAt, lastAt: Math.max(firstAt, announcedAt) };
    return [{ ...speaker, firstAt, facts, digest: digestOf(facts), standing, names }];
  });
}

function standingOf(known: {
  held: boolean;
  leftAt: number | null;
  outcome: Check['outcome'] | null;
}): Standing {
  const { held, leftAt, outcome } = known;
  if (outcome === 'failed') return { kind: 'failed' };
  if (outcome === 'unanswered') return { kind: 'none' };
  if (held) return { kind: outcome === 'proven' ? 'proven' : 'unproven' };
  return leftAt === null ? { kind: 'none' } : { kind: 'left', wasProven: outcome === 'proven', leftAt };
}
