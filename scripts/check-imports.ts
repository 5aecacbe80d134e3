/**
 * Runs dependency-cruiser with the rules of `import-rules.ts` over the whole repository. It reads TypeScript
 * through swc, as TypeScript 7 has no JavaScript API.
 */
import Visitors from '@swc/core/Visitor.js';
import { cruise, type ICruiseOptions, type IReporterOutput } from 'dependency-cruiser';
import { files, folders } from './import-rules.ts';

const ROOTS = [
  'platform',
  'subgraphs',
  'gateway',
  'edge',
  'peer',
  'matchmaker',
  'player',
  'proto',
  'prisma',
  'web/app',
  'web/sw',
  'web/src',
  'stack/src',
  'tests',
  'scripts',
  'bench',
];

interface Declaration {
  type: string;
  decls?: unknown[];
  declarations?: unknown[];
}

interface StatementVisitor {
  visitStatement(statement: Declaration): unknown;
  visitVariableDeclaration(declaration: Declaration): unknown;
}

// swc's own visitor does not know `using` declarations, which hold expressions as any other declaration does.
const visitor = (Visitors as unknown as { Visitor: { prototype: StatementVisitor } }).Visitor.prototype;
const { visitStatement } = visitor;
visitor.visitStatement = function (this: StatementVisitor, statement) {
  if (statement.type === 'UsingDeclaration')
    return this.visitVariableDeclaration({ ...statement, declarations: statement.decls });
  return visitStatement.call(this, statement);
};

for (const { options, forbidden } of [files, folders]) {
  const { output, exitCode } = (await cruise(ROOTS, {
    ...options,
    validate: true,
    ruleSet: { forbidden },
    outputType: 'err',
  } as unknown as ICruiseOptions)) as IReporterOutput;
  // What follows the mark is advice to install another TypeScript.
  process.stdout.write(`${String(output).split('‼')[0]?.trim()}\n`);
  if (exitCode > 0) process.exitCode = 1;
}
