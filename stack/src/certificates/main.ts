import { createLogger, readOrExit, runProcess, type Service } from '@giggityflix/kernel';
import { readEnvironment, type StackConfig } from '../environment.ts';
import { authorityFiles, certificateFiles, publicOrigin, tlsFolder } from '../https.ts';

const config = readOrExit(readEnvironment);
const logger = createLogger({ service: 'https', level: config.logLevel });
await runProcess(await createKeeper(config), logger);

/** What keeps the certificate of this installation. Each kind loads its own. */
async function createKeeper({ https, dataDir, lan, acme, publicPort }: StackConfig): Promise<Service> {
  const files = certificateFiles({ https, dataDir });
  const authority = authorityFiles({ https, dataDir });
  if (!https || !files || https.kind === 'files') throw new Error('no certificate is to be kept here');
  if (authority) {
    const { createHomeName } = await import('./home.ts');
    return createHomeName({ files, authority, addresses: lan?.addresses ?? [] }, { logger });
  }
  const { domain } = https as { domain: string };
  const { createPublicName } = await import('./public-name.ts');
  return createPublicName(
    {
      domain,
      files,
      directory: tlsFolder(https, dataDir),
      acme: { directoryUrl: acme.directoryUrl, email: acme.email },
      httpPort: acme.httpPort,
      location: publicOrigin({ https, publicPort }) ?? `https://${domain}`,
    },
    { logger },
  );
}
