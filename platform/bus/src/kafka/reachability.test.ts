import { describe, expect, it } from 'vitest';
import { createReachability } from './reachability.ts';

/** A bus whose answers the test gives, at times the test says. */
function setUp() {
  let now = 1_000;
  const requests: PromiseWithResolvers<void>[] = [];
  const reachability = createReachability({
    clock: () => now,
    answerMs: 20,
    check: () => {
      const request = Promise.withResolvers<void>();
      requests.push(request);
      return request.promise;
    },
  });
  return {
    reachability,
    requests,
    wait: (ms: number) => {
      now += ms;
    },
    /** Answers the request that `current` waits for. */
    async answered(answer: 'yes' | 'no') {
      const reached = reachability.current();
      const request = requests.at(-1);
      if (answer === 'yes') request?.resolve();
      else request?.reject(new Error('no brokers'));
      return reached;
    },
  };
}

describe('whether the bus can be reached', () => {
  it('holds since the first answer after it could not', async () => {
    const { answered, wait } = setUp();
    expect(await answered('yes')).toEqual({ reachable: true, since: 1_000 });
    wait(100);
    expect(await answered('no')).toEqual({ reachable: false, problem: 'no brokers' });
    wait(100);
    expect(await answered('yes')).toEqual({ reachable: true, since: 1_200 });
    wait(100);
    expect(await answered('yes')).toEqual({ reachable: true, since: 1_200 });
  });

  it('does not, within the deadline, while there is no answer, and asks once meanwhile', async () => {
    const { reachability, requests, wait } = setUp();
    const unanswered = { reachable: false, problem: expect.stringContaining('20 ms') };
    expect(await reachability.current()).toEqual(unanswered);
    expect(await Promise.all([reachability.current(), reachability.current()])).toEqual([
      unanswered,
      unanswered,
    ]);
    expect(requests).toHaveLength(1);
    wait(5_000);
    requests[0]?.resolve();
    await requests[0]?.promise;
    wait(1_000);
    const reached = reachability.current();
    requests.at(-1)?.resolve();
    expect(await reached).toEqual({ reachable: true, since: 6_000 });
  });

  it('is asked again after a request that failed at once', async () => {
    let answers = false;
    const reachability = createReachability({
      check() {
        if (answers) return Promise.resolve();
        throw new Error('not connected');
      },
    });
    expect(await reachability.current()).toEqual({ reachable: false, problem: 'not connected' });
    answers = true;
    expect(await reachability.current()).toMatchObject({ reachable: true });
  });
});
