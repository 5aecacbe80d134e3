import { EnvironmentError } from '@giggityflix/platform';
import { type PeerConfig, readEnvironment } from '../environment.ts';
import { CliError, EXIT } from './exit.ts';

export interface ConfigFlags {
  mediaDir?: string[];
  edgeAddress?: string;
  peerId?: string;
  dataDir?: string;
  httpPort?: string;
}

/**
 * The configuration: variables, overridden by flags.
 *
 * @throws CliError naming everything that is wrong with it.
 */
export function loadConfig(flags: ConfigFlags = {}): PeerConfig {
  const overrides: Record<string, string | undefined> = {
    MEDIA_DIRS: flags.mediaDir?.join(','),
    EDGE_GRPC_ADDRESS: flags.edgeAddress,
    PEER_ID: flags.peerId,
    DATA_DIR: flags.dataDir,
    HTTP_PORT: flags.httpPort,
  };
  try {
    return readEnvironment(undefined, overrides);
  } catch (error) {
    if (error instanceof EnvironmentError) throw new CliError(error.message, EXIT.usage);
    throw error;
  }
}
