import { EnvironmentError } from '@giggityflix/kernel';
import { absolute, type PeerConfig, readEnvironment } from '../environment.ts';
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
    EDGE_GRPC_ADDRESS: flags.edgeAddress,
    PEER_ID: flags.peerId,
    DATA_DIR: flags.dataDir,
    HTTP_PORT: flags.httpPort,
  };
  try {
    const config = readEnvironment(undefined, overrides);
    // Not by way of MEDIA_DIRS: a folder given by itself may have a comma in its name.
    if (flags.mediaDir) {
      config.media.dirs = [...new Set(flags.mediaDir.map(absolute))];
      config.given.mediaDirs = true;
    }
    return config;
  } catch (error) {
    if (error instanceof EnvironmentError) throw new CliError(error.message, EXIT.usage);
    throw error;
  }
}
