import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROVIDERS, type Provider, ROOT, readModels, schemaFor } from './providers.ts';

/** Writes one client per database from the one models file. */
for (const provider of PROVIDERS) generate(provider);

function generate(provider: Provider): void {
  const output = fileURLToPath(new URL(`src/generated/${provider}`, ROOT));
  // The small query compiler takes 15 MB less memory than the fast one, and as much CPU for our queries.
  const generator = `generator client {
  provider               = "prisma-client"
  output                 = "./client"
  runtime                = "nodejs"
  moduleFormat           = "esm"
  generatedFileExtension = "ts"
  importFileExtension    = "ts"
  compilerBuild          = "small"
}
`;
  const folder = mkdtempSync(join(tmpdir(), 'prisma-'));
  try {
    const schema = join(folder, 'schema.prisma');
    writeFileSync(schema, `${generator}\n${schemaFor(provider, readModels())}`);
    execFileSync('prisma', ['generate', '--schema', schema], {
      cwd: fileURLToPath(ROOT),
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        // Generating needs no engine, yet the command downloads one unless it is given an executable.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        CHECKPOINT_DISABLE: '1',
      },
    });
    // Generated beside the schema and then copied, as the code names the place it was generated to.
    rmSync(output, { recursive: true, force: true });
    cpSync(join(folder, 'client'), output, { recursive: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
