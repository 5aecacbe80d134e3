import type { PeerConfig } from '../environment.ts';
import type { DeletionRule, Settings } from './settings.ts';

/** The variable that decides a setting, which the page then shows and does not change. */
export interface FixedBy {
  folders: string | null;
  bandwidth: string | null;
  deletion: string | null;
}

export function fixedBy({ given }: PeerConfig): FixedBy {
  return {
    folders: given.mediaDirs ? 'MEDIA_DIRS' : null,
    bandwidth: given.bandwidth ? 'WEBRTC_MAX_BANDWIDTH_KBPS' : null,
    deletion: given.remoteDelete ? 'ALLOW_REMOTE_DELETE' : null,
  };
}

/** A configuration with the owner's folders in place of those that no variable names. */
export function withSettings(config: PeerConfig, { folders }: Settings): PeerConfig {
  if (config.given.mediaDirs) return config;
  return { ...config, media: { ...config.media, dirs: [...new Set(folders)] } };
}

/** What becomes of a command to delete a file. */
export function deletionRule(config: PeerConfig, { deletion }: Settings): DeletionRule {
  if (config.given.remoteDelete || deletion === null)
    return config.peer.allowRemoteDelete ? 'allow' : 'refuse';
  return deletion;
}
