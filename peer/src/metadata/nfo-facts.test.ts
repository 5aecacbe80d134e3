// cspell:ignore episodedetails uniqueid seasonnumber themoviedb thetvdb showtitle letrec
import {
  MAX_EXTERNAL_IDS,
  MAX_OUTLINE_LENGTH,
  MAX_PEOPLE,
  MAX_PLOT_LENGTH,
  MAX_RATINGS,
  MAX_TERM_LENGTH,
  MAX_TERMS,
  mediaDetails,
} from '@giggityflix/proto/media-file';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean } from '../naming/text.ts';
import { MAX_NFO_DEPTH, MAX_NFO_LENGTH } from './nfo-document.ts';
import { readNfoText } from './nfo-facts.ts';

const movie = (inside: string) => `<movie>${inside}</movie>`;
const idsOf = (text: string) =>
  readNfoText(text).ids.map(
    ({ provider, value, ofShow }) => `${provider} ${value}${ofShow ? ' of show' : ''}`,
  );

describe('an .nfo', () => {
  it('of a film says all that media centres write', () => {
    const text = `<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
      <movie>
        <title>The Matrix</title><originaltitle>Matrix</originaltitle><sorttitle>Matrix, The</sorttitle>
        <ratings>
          <rating name="themoviedb" max="10"><value>8,2</value><votes>25.000</votes></rating>
          <rating name="imdb" max="10" default="true"><value>8.7</value><votes>2,000,000</votes></rating>
          <rating name="broken" max="10"><value>11</value></rating>
        </ratings>
        <outline>A hacker.</outline><plot>A hacker learns&#10;the truth.</plot><tagline>Free your mind</tagline>
        <runtime>136 min</runtime><mpaa>Rated R</mpaa>
        <uniqueid type="tmdb">603</uniqueid><uniqueid type="imdb" default="true">tt0133093</uniqueid>
        <genre>Action / Science Fiction</genre><genre>Action</genre><tag>simulation</tag>
        <set><name>The Matrix Collection</name><overview>…</overview></set>
        <director>Jane Doe</director><credits>John Roe</credits><studio>A Studio</studio>
        <premiered>1999-03-31</premiered>
        <actor><name>Second</name><role>Trinity</role><order>1</order><thumb>http://a.example/x.jpg</thumb></actor>
        <actor><name>First</name><role>Neo</role><order>0</order></actor>
      </movie>`;
    const { facts, details, problem } = readNfoText(text);
    expect(problem).toBeNull();
    expect(facts).toMatchObject({ title: 'The Matrix', year: 1999, kind: 'MOVIE' });
    expect(details).toMatchObject({
      originalTitle: 'Matrix',
      sortTitle: 'Matrix, The',
      plot: 'A hacker learns the truth.',
      outline: 'A hacker.',
      tagline: 'Free your mind',
      genres: ['Action', 'Science Fiction'],
      tags: ['simulation'],
      studios: ['A Studio'],
      people: [
        { name: 'Jane Doe', role: null, job: 'DIRECTOR' },
        { name: 'John Roe', role: null, job: 'WRITER' },
        { name: 'First', role: 'Neo', job: 'ACTOR' },
        { name: 'Second', role: 'Trinity', job: 'ACTOR' },
      ],
      ratings: [
        { source: 'imdb', value: 8.7, scale: 10, votes: 2_000_000 },
        { source: 'themoviedb', value: 8.2, scale: 10, votes: 25_000 },
      ],
      certification: 'Rated R',
      collection: 'The Matrix Collection',
      premiered: '1999-03-31',
      runtimeMinutes: 136,
    });
    expect(idsOf(text)).toEqual(['imdb tt0133093', 'tmdb 603']);
  });

  it('in the older form says the same', () => {
    const text = movie(
      '<rating>7.5</rating><votes>1,234</votes><set>Trilogy</set><certification>DE:FSK 12</certification>',
    );
    expect(readNfoText(text).details).toMatchObject({
      ratings: [{ source: null, value: 7.5, scale: 10, votes: 1_234 }],
      collection: 'Trilogy',
      certification: 'DE:FSK 12',
    });
  });

  it.each([
    [movie('<id>tt0133093</id>'), ['imdb tt0133093']],
    [movie('<id TMDB="603">tt0133093</id>'), ['imdb tt0133093', 'tmdb 603']],
    [movie('<id>603</id>'), []],
    [movie('<imdbid>tt0133093</imdbid><tmdbid>603</tmdbid>'), ['imdb tt0133093', 'tmdb 603']],
    [movie('<uniqueid type="imdb">603</uniqueid><uniqueid type="home">1</uniqueid>'), []],
    [
      movie('<uniqueid type="imdb">tt0000001</uniqueid><uniqueid type="imdb">tt0000002</uniqueid>'),
      ['imdb tt0000001'],
    ],
    [movie('<uniqueid type="__proto__">1</uniqueid><uniqueid type="tmdb">0</uniqueid>'), []],
    [`${movie('')}\nhttps://www.themoviedb.org/movie/603-the-matrix`, ['tmdb 603']],
    [movie('<plot>see https://www.imdb.com/title/tt7777777/</plot>'), []],
    ['https://www.imdb.com/title/tt0133093/?ref_=x', ['imdb tt0133093']],
    ['https://www.thetvdb.com/?tab=series&id=81189', ['tvdb 81189 of show']],
    ['https://thetvdb.com/dereferrer/series/81189', ['tvdb 81189 of show']],
    ['-=[ GREETINGS ]=-  imdb: http://imdb.com/title/tt0133093', ['imdb tt0133093']],
    ['https://evil.example/?imdb.com/title', []],
  ])('%j has the ids %j', (text, ids) => {
    expect(idsOf(text)).toEqual(ids);
  });

  it('of several episodes says where they end', () => {
    const episode = (n: number) =>
      `<episodedetails><title>Part ${n}</title><showtitle>Show</showtitle><season>1</season><episode>${n}</episode></episodedetails>`;
    const { facts, lastEpisode, details } = readNfoText(`${episode(2)}\n${episode(3)}\n${episode(4)}`);
    expect(facts).toMatchObject({ title: 'Show', season: 1, episode: 2 });
    expect(lastEpisode).toBe(4);
    expect(details?.episodeTitle).toBe('Part 2');
    const jellyfin =
      '<episodedetails><season>1</season><episode>2</episode><episodenumberend>3</episodenumberend></episodedetails>';
    expect(readNfoText(jellyfin).lastEpisode).toBe(3);
  });

  it('of a show and of a season is theirs', () => {
    const { show, facts } = readNfoText(
      '<tvshow><title>Show</title><premiered>2005-01-02</premiered><plot>All of it.</plot><uniqueid type="tvdb">81189</uniqueid></tvshow>',
    );
    expect(facts).toEqual({});
    expect(show).toMatchObject({
      title: 'Show',
      year: 2005,
      ids: [{ provider: 'tvdb', value: '81189', ofShow: true }],
      details: { plot: 'All of it.' },
    });
    expect(
      readNfoText('<season><seasonnumber>1</seasonnumber><title>The Beginning</title></season>').seasonTitle,
    ).toBe('The Beginning');
  });
});

describe('an .nfo that is broken or hostile says nothing, and why', () => {
  const title = '<title>Wrong</title>';
  it.each([
    [
      'entities of its own',
      `<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "${'&a;'.repeat(1_000)}">]>${movie(`${title}&c;`)}`,
      'declares entities',
    ],
    [
      'an external entity',
      `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${movie('<title>&a;</title>')}`,
      'declares entities',
    ],
    ['its end missing', `<movie>${title}<plot>and then`, '</movie> is missing'],
    [
      'the second of two cut off',
      `<episodedetails>${title}</episodedetails><episodedetails><title>`,
      '</episodedetails> is missing',
    ],
    [
      'elements in elements without end',
      movie(`${title}${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`),
      `more than ${MAX_NFO_DEPTH} deep`,
    ],
    ['more than it may hold', movie(`${title}<plot>${'x'.repeat(MAX_NFO_LENGTH)}</plot>`), 'longer than'],
  ])('with %s', (_what, text, reason) => {
    const { facts, details, ids, problem } = readNfoText(text);
    expect(problem).toContain(reason);
    expect([facts, details, ids]).toEqual([{}, null, []]);
  });

  it('but elements as deep as they may be are read', () => {
    const depth = MAX_NFO_DEPTH - 2;
    const deep = (levels: number) =>
      movie(`<title>Film</title>${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}`);
    expect(readNfoText(deep(depth))).toMatchObject({ problem: null, facts: { title: 'Film' } });
    expect(readNfoText(deep(depth + 3)).problem).not.toBeNull();
  });
});

describe('what an .nfo says is bounded', () => {
  const at = (limit: number) => [limit - 1, limit, limit + 1, limit * 4];
  const details = (inside: string) => readNfoText(movie(inside)).details;

  it.each([
    ['plot', MAX_PLOT_LENGTH],
    ['outline', MAX_OUTLINE_LENGTH],
    ['tagline', MAX_OUTLINE_LENGTH],
  ] as const)('%s to %i characters', (field, limit) => {
    for (const length of at(limit))
      expect(details(`<${field}>${'x'.repeat(length)}</${field}>`)?.[field]).toHaveLength(
        Math.min(length, limit),
      );
  });

  it.each([
    ['genre', 'genres'],
    ['tag', 'tags'],
    ['studio', 'studios'],
  ] as const)('%s to as many, and as long', (element, field) => {
    for (const count of at(MAX_TERMS)) {
      const many = Array.from({ length: count }, (_, n) => `<${element}>${n}</${element}>`).join('');
      expect(details(many)?.[field]).toHaveLength(Math.min(count, MAX_TERMS));
    }
    for (const length of at(MAX_TERM_LENGTH))
      expect(details(`<${element}>${'x'.repeat(length)}</${element}>`)?.[field][0]).toHaveLength(
        Math.min(length, MAX_TERM_LENGTH),
      );
  });

  it('people, of whom actors take no place from those who made the film', () => {
    const actors = Array.from(
      { length: 10_000 },
      (_, n) => `<actor><name>A${n}</name><role>R</role></actor>`,
    ).join('');
    const people = details(`${actors}<director>D</director>`)?.people;
    expect(people).toHaveLength(MAX_PEOPLE);
    expect(people?.[0]).toMatchObject({ name: 'D', job: 'DIRECTOR' });
  });

  it('ratings and ids', () => {
    const ratings = Array.from(
      { length: 30 },
      (_, n) => `<rating name="r${n}"><value>5</value></rating>`,
    ).join('');
    expect(details(`<ratings>${ratings}</ratings>`)?.ratings).toHaveLength(MAX_RATINGS);
    const ids = Array.from({ length: 200 }, (_, n) => `<uniqueid type="tmdb">${n + 1}</uniqueid>`).join('');
    expect(readNfoText(movie(ids)).ids.length).toBeLessThanOrEqual(MAX_EXTERNAL_IDS);
  });

  it('and holds nothing that is not seen, or turns text around', () => {
    const { plot } = details('<plot>a\u202eb\u0007c&#x200b;d&#8238;e\u0000</plot>') ?? {};
    expect(plot).toBe(clean(plot ?? ''));
    expect(plot).not.toMatch(/[\p{Cc}\u200b\u202e]/u);
  });

  it('whatever is written', () => {
    const element = fc.constantFrom(
      ...[
        'title',
        'plot',
        'genre',
        'actor',
        'name',
        'ratings',
        'rating',
        'value',
        'set',
        'uniqueid',
        'runtime',
      ],
      ...[
        'premiered',
        'director',
        'episode',
        'season',
        'votes',
        'mpaa',
        'id',
        'year',
        '__proto__',
        'constructor',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('8.5', '1999-02-31', 'tt0133093', '-1', '1e9'),
    );
    const tree = fc.letrec((tie) => ({
      node: fc
        .tuple(element, fc.oneof({ depthSize: 'small' }, text, fc.array(tie('node'), { maxLength: 4 })))
        .map(
          ([name, inside]) =>
            `<${name} type="imdb" max="10" name="x">${Array.isArray(inside) ? inside.join('') : inside}</${name}>`,
        ),
    }));
    const root = fc.constantFrom('movie', 'episodedetails', 'tvshow', 'season');
    fc.assert(
      fc.property(root, fc.array(tree.node, { maxLength: 8 }), (name, inside) => {
        const { details: said, show } = readNfoText(`<${name}>${inside.join('')}</${name}>`);
        for (const each of [said, show?.details])
          if (each) expect(mediaDetails.safeParse(each).error).toBeUndefined();
      }),
    );
  });
});
