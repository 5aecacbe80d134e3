import fc from 'fast-check';
import { createTestClient, startMatchmaker } from '../../matchmaker/testing/matchmaker.ts';
import { expectThat, type FuzzTarget, fromHex, mutations, texts } from './target.ts';

const JSON_SAMPLES = [
  '{"type":"register","peer_id":"fuzz","token":"x.y.z","local":["10.0.0.1",1],"cookie":""}',
  '{"type":"connect","target_ip":"127.0.0.1","target_port":1}',
  '{"type":"connect","target_id":"fuzz"}',
  '{"__proto__":{"type":"register"},"constructor":1}',
];
const STUN = [
  '000100002112a442000102030405060708090a0b',
  '000100082112a442000102030405060708090a0b8028000400000000',
  '000100142112a442000102030405060708090a0b0006000161000000802200046162636480280004aabbccdd',
].map(fromHex);

/** A datagram to the matchmaker: afterwards it still serves others. */
export default async function udp(): Promise<FuzzTarget<string>> {
  const matchmaker = await startMatchmaker({
    MATCHMAKER_RATE_LIMIT_PER_SECOND: '0',
    MATCHMAKER_ADDRESS_RATE_LIMIT_PER_SECOND: '0',
  });
  const sender = await createTestClient(matchmaker);
  const other = await createTestClient(matchmaker);
  let { cookie } = await other.ask({ type: 'register', peer_id: 'other', cookie: '' });
  return {
    inputs: fc.oneof(
      mutations([...STUN, ...JSON_SAMPLES.map((text) => Buffer.from(text))]),
      texts(JSON_SAMPLES).map((text) => Buffer.from(text).toString('hex')),
    ),
    async run(bytes) {
      sender.send(fromHex(bytes));
      other.send({ type: 'register', peer_id: 'other', cookie });
      for (;;) {
        const answer = await other.nextJson();
        // The sender may have itself introduced.
        if (answer.type !== 'your_addr') continue;
        cookie = answer.cookie;
        break;
      }
      sender.drain();
      expectThat(typeof cookie === 'string', 'the matchmaker gives no cookie');
    },
    async stop() {
      sender.close();
      other.close();
      await matchmaker.stop();
    },
  };
}
