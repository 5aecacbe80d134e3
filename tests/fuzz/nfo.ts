import { MAX_TITLE_LENGTH, mediaDetails } from '@giggityflix/proto/media-file';
import { readNfoText } from '../../peer/src/metadata/nfo-facts.ts';
import { expectThat, type FuzzTarget, texts } from './target.ts';

const SAMPLES = [
  '<movie><title>One &amp; only</title><year>2001</year><premiered>2001-02-03</premiered></movie>',
  '<movie><plot>P</plot><genre>A / B</genre><actor><name>N</name><role>R</role></actor><ratings><rating max="10"><value>8,7</value></rating></ratings><uniqueid type="imdb">tt0133093</uniqueid><set><name>S</name></set></movie>\nhttps://www.imdb.com/title/tt0133093',
  '<tvshow><title>Show</title><plot>All</plot><uniqueid type="tvdb">1</uniqueid></tvshow>',
  '<episodedetails><title>Two</title><showtitle>Show</showtitle><season>1</season><episode>2</episode><aired>2011-02-03</aired></episodedetails>',
  '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><movie><title>&c;&#x41;</title></movie>',
  '<movie><![CDATA[<title>]]><title lang="en"><b>Three</b></title><__proto__><title/></__proto__></movie>',
];

/** What is beside a film and describes it: any text gives facts within their bounds, or none. */
export default async function nfo(): Promise<FuzzTarget<string>> {
  return {
    inputs: texts(SAMPLES),
    async run(text) {
      const { facts, details, show } = readNfoText(text);
      const { title, year, season, episode } = facts;
      expectThat(title === undefined || title.length <= MAX_TITLE_LENGTH, 'the title is too long');
      for (const number of [year, season, episode])
        expectThat(number == null || Number.isInteger(number), `${number} is no whole number`);
      for (const said of [details, show?.details])
        expectThat(!said || mediaDetails.safeParse(said).success, 'what is said of it is out of bounds');
    },
  };
}
