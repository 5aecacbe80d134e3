import { EnvironmentError } from '@giggityflix/kernel';
import { expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';

it('the documented command names address and port, above the variables', () => {
  const args = ['--host', '127.0.0.1', '--port', '12346'];
  expect(readEnvironment({ MATCHMAKER_PORT: '1' }, args).udp).toEqual({ hosts: ['127.0.0.1'], port: 12_346 });
  expect(readEnvironment({}).udp).toEqual({ hosts: ['0.0.0.0', '::'], port: 12_345 });
});

it.each([
  [['--port', 'many'], 'MATCHMAKER_PORT'],
  [['--prot', '1'], '--prot'],
  [['stray'], 'stray'],
])('%j is refused by name', (args, named) => {
  expect(() => readEnvironment({}, args)).toThrow(EnvironmentError);
  expect(() => readEnvironment({}, args)).toThrow(named);
});
