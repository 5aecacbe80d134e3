import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Logger } from '@giggityflix/kernel';
import { parseInvitation } from '@giggityflix/proto/invitation';
import type { Approvals, DeletionRequest } from '../commands/approvals.ts';
import { storeInvitation } from '../edge/invitation.ts';
import { networkOfLink, storeNetwork } from '../edge/network.ts';
import { absolute, type PeerConfig } from '../environment.ts';
import type { History, WatchedFilm } from '../history/history.ts';
import type { Library } from '../library/library.ts';
import { deletionRule, type FixedBy, fixedBy } from '../settings/effective.ts';
import type { BandwidthSettings, DeletionRule, SettingsStore } from '../settings/settings.ts';

/** Sessions on the page. */
const MAX_HISTORY = 200;

/** Why what the owner asked for was not done, in words for the page. */
export class OwnerError extends Error {}

/** What the page shows of the settings; what a variable decides cannot be changed there. */
export interface OwnerSettings {
  fixedBy: FixedBy & { network: string | null };
  folders: { path: string; shared: number; others: number; bytes: number; problem: string | null }[];
  bandwidth: BandwidthSettings & { nowKbps: number };
  paused: boolean;
  deletion: DeletionRule;
}

/** What the owner may do in the page; it is kept in the data directory. */
export interface Owner {
  settings(): OwnerSettings;
  /** @throws OwnerError, as all that follow. */
  addFolder(path: string): Promise<void>;
  removeFolder(path: string): void;
  setBandwidth(bandwidth: BandwidthSettings): void;
  setPaused(paused: boolean): void;
  setDeletion(rule: DeletionRule): void;
  deletions(): (DeletionRequest & { files: string[] })[];
  decideDeletion(requestId: string, approve: boolean): void;
  history(): WatchedFilm[];
  clearHistory(): void;
  /** Keeps an invitation, by its code or link, and uses it now. */
  join(invitation: string): void;
}

export function createOwner(
  config: PeerConfig,
  deps: {
    settings: SettingsStore;
    library: Pick<Library, 'countsByRoot' | 'holders'>;
    approvals: Approvals;
    history: History;
    logger: Logger;
    limitKbps: () => number;
    folderProblems: () => { path: string; reason: string }[];
    decide: (requestId: string, options: { approve: boolean }) => boolean;
    onBandwidth: () => void;
    onPaused: (paused: boolean) => void;
    /** Begins anew with other folders. */
    onFolders: () => void;
    reconnect: () => void;
  },
): Owner {
  const { settings, library } = deps;
  const fixed = fixedBy(config);

  function change(...[patch]: Parameters<SettingsStore['change']>): void {
    try {
      settings.change(patch);
    } catch (error) {
      deps.logger.warn({ err: error }, 'a setting of the owner was not kept');
      throw new OwnerError(`this cannot be kept in ${config.peer.dataDir}: ${(error as Error).message}`);
    }
  }

  function changeable(name: keyof FixedBy): void {
    const variable = fixed[name];
    if (variable) throw new OwnerError(`${variable} is set where the peer is started, and decides this`);
  }

  function setFolders(folders: string[]): void {
    change({ folders });
    deps.onFolders();
  }

  return {
    settings() {
      const found = library.countsByRoot();
      const problems = new Map(deps.folderProblems().map(({ path, reason }) => [path, reason]));
      const { paused, bandwidth } = settings.current();
      return {
        fixedBy: { ...fixed, network: config.edge.isGiven ? 'EDGE_GRPC_ADDRESS' : null },
        folders: config.media.dirs.map((path) => ({
          path,
          ...(found.get(path) ?? { shared: 0, others: 0, bytes: 0 }),
          problem: problems.get(path) ?? null,
        })),
        bandwidth: {
          ...(fixed.bandwidth === null && bandwidth
            ? bandwidth
            : { limitKbps: config.webrtc.maxBandwidthKbps, hours: [] }),
          nowKbps: deps.limitKbps(),
        },
        paused,
        deletion: deletionRule(config, settings.current()),
      };
    },
    async addFolder(text) {
      changeable('folders');
      const path = absolute(text.trim());
      if (text.trim() === '' || !(isAbsolute(text.trim()) || text.trim().startsWith('~')))
        throw new OwnerError('give the whole path of the folder, such as /home/ada/Videos');
      const { folders } = settings.current();
      if (folders.includes(path)) throw new OwnerError(`${path} is on the list already`);
      const isFolder = await stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      );
      if (!isFolder) throw new OwnerError(`${path} is no folder that this peer can see`);
      setFolders([...folders, path]);
    },
    removeFolder(path) {
      changeable('folders');
      const { folders } = settings.current();
      if (!folders.includes(path)) throw new OwnerError(`${path} is not on the list`);
      setFolders(folders.filter((folder) => folder !== path));
    },
    setBandwidth(bandwidth) {
      changeable('bandwidth');
      change({ bandwidth });
      deps.onBandwidth();
    },
    setPaused(paused) {
      change({ paused });
      deps.onPaused(paused);
    },
    setDeletion(deletion) {
      changeable('deletion');
      change({ deletion });
    },
    deletions: () =>
      deps.approvals.list().map((request) => ({
        ...request,
        files: library.holders(request.catalogId as never).map(({ dir, name }) => `${dir}/${name}`),
      })),
    decideDeletion(requestId, approve) {
      if (!deps.decide(requestId, { approve })) throw new OwnerError('no such request waits any more');
    },
    history: () => deps.history.latest(MAX_HISTORY),
    clearHistory: () => deps.history.clear(),
    join(invitation) {
      const code = parseInvitation(invitation);
      if (code === null)
        throw new OwnerError('this is no invitation: it has 28 letters and digits, or is a link with them');
      try {
        const network = networkOfLink(invitation);
        if (network) storeNetwork(config.peer.dataDir, network);
        storeInvitation(config.peer.dataDir, code);
      } catch (error) {
        throw new OwnerError((error as Error).message);
      }
      deps.reconnect();
    },
  };
}
