import { findProgram, postgresDirectories } from '@giggityflix/kernel/programs';

/** The path of a program that was installed. @throws Error saying how it is installed. */
export function required(program: string): string {
  const path = findProgram(program, postgresDirectories());
  if (!path) throw new Error(`${program} is not installed: run npm run setup:system`);
  return path;
}
