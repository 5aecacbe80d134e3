import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factsNamed } from '../../testing/facts.ts';
import { effective, type Statement } from './effective.ts';
import { digestOf } from './facts.ts';
import type { Standing } from './standing.ts';
import { NEW_IDENTITY_MS } from './voices.ts';

const standing = fc.oneof(
  fc.constant<Standing>({ kind: 'proven' }),
  fc.constant<Standing>({ kind: 'unproven' }),
  fc.record({ kind: fc.constant('left' as const), wasProven: fc.boolean(), leftAt: fc.nat(5) }),
  fc.constant<Standing>({ kind: 'failed' }),
  fc.constant<Standing>({ kind: 'none' }),
);

function statement(peerId: string, name: string, given: Standing, firstAt = 0, changes = {}): Statement {
  const facts = factsNamed(name, changes);
  const speaker = { network: null, firstSeenAt: 0, lastAt: firstAt };
  return { peerId, standing: given, firstAt, digest: digestOf(facts), facts, ...speaker };
}

const spoken = fc
  .array(
    fc.tuple(
      fc.constantFrom('A', 'B', 'C'),
      standing,
      fc.nat(5),
      fc.option(fc.constantFrom('de', 'en')),
      fc.record({
        network: fc.option(fc.constantFrom('here', 'there')),
        firstSeenAt: fc.constantFrom(0, 1, NEW_IDENTITY_MS),
        lastAt: fc.constantFrom(5, NEW_IDENTITY_MS, NEW_IDENTITY_MS + 1),
      }),
    ),
    {
      maxLength: 8,
    },
  )
  .map((list) =>
    list.map(([name, given, firstAt, language, speaker], n) => ({
      ...statement(`p${n}`, name, given, firstAt, { language }),
      ...speaker,
    })),
  );

const proven: Standing = { kind: 'proven' };
const unproven: Standing = { kind: 'unproven' };
const title = (statements: readonly Statement[]) => effective(statements)?.title.name ?? null;

describe('the description of a file', () => {
  it('does not depend on the order in which statements are read', () => {
    fc.assert(
      fc.property(spoken, fc.func(fc.integer()), (statements, weight) => {
        const shuffled = [...statements].sort((one, other) => weight(one.peerId) - weight(other.peerId));
        expect(effective(shuffled)).toEqual(effective(statements));
      }),
    );
  });

  it('is not changed by whoever does not hold the file, or failed to prove it', () => {
    fc.assert(
      fc.property(
        spoken,
        fc.array(fc.constantFrom('failed' as const, 'none' as const)),
        (statements, others) => {
          const strangers = others.map((kind, n) => statement(`x${n}`, 'X', { kind }));
          expect(effective([...strangers, ...statements])).toEqual(effective(statements));
        },
      ),
    );
  });

  it('is the word of those that proved the file, however many others there are', () => {
    fc.assert(
      fc.property(spoken, fc.nat(5), (statements, firstAt) => {
        const others = statements.filter(({ standing: { kind } }) => kind !== 'proven');
        const own = statement('own', 'Own', proven, firstAt, { language: 'fr' });
        expect(effective([...others, own])).toMatchObject({ title: own.facts.title, file: own.facts.file });
      }),
    );
  });

  it('has the title that most of those give it who are heard', () => {
    fc.assert(
      fc.property(spoken, (statements) => {
        const kinds = ['proven', 'unproven'] as const;
        const kind = kinds.find((each) => statements.some((one) => one.standing.kind === each));
        fc.pre(kind !== undefined);
        const votes = statements.filter((one) => one.standing.kind === kind);
        const now = Math.max(...votes.map(({ lastAt }) => lastAt));
        const tenths = ({ firstSeenAt }: Statement) =>
          firstSeenAt > 0 && now - firstSeenAt < NEW_IDENTITY_MS ? 1 : 10;
        const weightOf = (vote: Statement) => {
          const neighbours = votes.filter(
            (one) => one === vote || (vote.network && one.network === vote.network),
          );
          const sum = neighbours.reduce((all, one) => all + tenths(one), 0);
          return (tenths(vote) * Math.max(...neighbours.map(tenths))) / sum;
        };
        const weight = (name: string | null) =>
          votes
            .filter(({ facts }) => facts.title.name === name)
            .reduce((sum, vote) => sum + weightOf(vote), 0);
        const winner = title(statements);
        for (const name of ['A', 'B', 'C'])
          expect(weight(winner) + 1e-6).toBeGreaterThanOrEqual(weight(name));
      }),
    );
  });

  it('is not that of many identities of one network against one elsewhere, whenever these were first seen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.boolean(), (count, areNew) => {
        const honest = statement('honest', 'Honest', proven, 1);
        const crowd = Array.from({ length: count }, (_, n) => ({
          ...statement(`c${n}`, 'Defaced', proven, 2, { hashes: { md5: 'bad' } }),
          network: 'one',
          firstSeenAt: areNew ? 1 : 0,
        }));
        const saying = { ...honest, facts: factsNamed('Honest', { hashes: { md5: 'good' } }) };
        expect(effective([...crowd, saying])).toMatchObject({
          title: { name: 'Honest' },
          file: { hashes: { md5: 'good' } },
        });
      }),
    );
  });

  it('weighs identities a tenth that were first seen within an hour of what is said', () => {
    const honest = statement('honest', 'Honest', proven, NEW_IDENTITY_MS);
    const crowd = (count: number, firstSeenAt: number) =>
      Array.from({ length: count }, (_, n) => ({
        ...statement(`c${n}`, 'Other', proven, NEW_IDENTITY_MS + 1),
        firstSeenAt,
      }));
    expect(title([honest, ...crowd(10, NEW_IDENTITY_MS)])).toBe('Honest');
    expect(title([honest, ...crowd(11, NEW_IDENTITY_MS)])).toBe('Other');
    expect(title([honest, ...crowd(2, 2)])).toBe('Honest');
    expect(title([honest, ...crowd(2, 1)])).toBe('Other');
  });

  it('is that of the elder where as many say one thing as another', () => {
    const statements = [statement('a', 'Young', unproven, 2), statement('b', 'Old', unproven, 1)];
    expect(title(statements)).toBe('Old');
    expect(title([...statements, statement('c', 'Young', unproven, 3)])).toBe('Young');
  });

  it('is of parts of which each has its own majority, and silence is no vote', () => {
    const of = (peer: string, at: number, changes: object) => statement(peer, 'Film', unproven, at, changes);
    const made = effective([
      of('a', 1, { language: null, width: 1, hashes: { md5: 'aa' } }),
      of('b', 2, { language: 'de', width: 2, hashes: { md5: 'bb', sha1: 'cc' } }),
      of('c', 3, { language: null, width: 2, hashes: { md5: 'bb' } }),
    ]);
    expect(made?.file).toMatchObject({ language: 'de', width: 2, hashes: { md5: 'bb', sha1: 'cc' } });
  });

  it('stays with a film whose peers all left: that of the last one, before all of one that had proven it', () => {
    const left = (peer: string, leftAt: number, wasProven = false) =>
      statement(peer, peer, { kind: 'left', wasProven, leftAt });
    expect(title([left('first', 1), left('last', 9)])).toBe('last');
    expect(title([left('proven', 1, true), left('last', 9)])).toBe('proven');
    expect(title([left('proven', 1, true), statement('here', 'here', unproven)])).toBe('here');
  });

  it('has the title an operator gave it, whatever peers say', () => {
    fc.assert(
      fc.property(spoken, (statements) => {
        const correction = { ...factsNamed('Corrected').title, year: 1999 };
        const made = effective(statements, correction);
        expect(made?.title ?? correction).toEqual(correction);
        expect(made?.file).toEqual(effective(statements)?.file);
      }),
    );
  });
});
