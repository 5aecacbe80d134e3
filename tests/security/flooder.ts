/**
 * Floods an edge from a process of its own, so that what it costs its sender is not taken for what it costs others:
 * `node flooder.ts PORT KIND`. It connects, says `ready`, and floods once it hears anything; it leaves when it is ended.
 */
import { connectStranger, randomIds, type Stranger } from './strangers.ts';

/** What all attackers of a flood announce together. */
const FLOOD = 100_000;
/** Messages written in one turn of the event loop. */
const PER_TURN = 200;

interface Flood {
  identities: number;
  /** The messages, each to be sent when it is asked for. */
  messages(attackers: readonly Stranger[]): Generator<() => void>;
}

const FLOODS: Readonly<Record<string, Flood>> = {
  'huge messages': {
    identities: 1,
    *messages([attacker]) {
      for (let n = 0; n < 10; n += 1) yield () => attacker!.announce(randomIds(FLOOD / 10));
    },
  },
  'many connections': {
    identities: 20,
    *messages(attackers) {
      for (const attacker of attackers) yield () => attacker.announce(randomIds(FLOOD / 20));
    },
  },
  'small messages': {
    identities: 10,
    *messages(attackers) {
      for (let n = 0; n < FLOOD; n += 1) yield () => attackers[n % 10]!.announce(randomIds(1));
    },
  },
  'the same ids in turn': {
    identities: 5,
    *messages(attackers) {
      const ids = randomIds(1_000);
      for (let n = 0; n < FLOOD / 1_000; n += 1)
        yield () => {
          if (n % 10 < 5) attackers[n % 5]!.announce(ids);
          else attackers[n % 5]!.announce([], { removed: ids });
        };
    },
  },
  descriptions: {
    identities: 5,
    *messages(attackers) {
      for (let n = 0; n < FLOOD / 10; n += 1) {
        const [id] = randomIds(1) as [Buffer];
        yield () => attackers[n % 5]!.describe(id, `Flood ${n}`);
        yield () => attackers[n % 5]!.announce([id]);
      }
    },
  },
  'many identities': {
    identities: 200,
    *messages(attackers) {
      for (const attacker of attackers) yield () => attacker.announce(randomIds(FLOOD / 200));
    },
  },
};

const [port, kind] = process.argv.slice(2) as [string, string];
const { identities, messages } = FLOODS[kind]!;
const connect = () => connectStranger(Number(port));
const attackers = await Promise.all(Array.from({ length: identities }, connect));
process.on('disconnect', () => process.exit(0));
process.once('message', () => {
  const left = messages(attackers);
  const send = () => {
    for (let n = 0; n < PER_TURN; n += 1) {
      const next = left.next();
      if (next.done) return;
      next.value();
    }
    setImmediate(send);
  };
  send();
});
process.send?.('ready');
