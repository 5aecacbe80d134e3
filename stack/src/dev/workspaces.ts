import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An npm workspace of the repository. */
export interface Workspace {
  name: string;
  /** Relative to the repository's root, with forward slashes. */
  folder: string;
  /** Names of the workspaces it uses at run time. */
  dependencies: readonly string[];
}

interface Manifest {
  name: string;
  workspaces?: readonly string[];
  dependencies?: Readonly<Record<string, string>>;
}

/** The workspaces that the package.json in `root` lists. */
export function readWorkspaces(root: string): Workspace[] {
  const manifest = (folder: string) =>
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
  const folders = (manifest('.').workspaces ?? []).flatMap((pattern) =>
    globSync(`${pattern}/package.json`, { cwd: root }).map((path) =>
      path.replaceAll('\\', '/').replace(/\/package\.json$/, ''),
    ),
  );
  const manifests = folders.map((folder) => ({ folder, ...manifest(folder) }));
  const names = new Set(manifests.map(({ name }) => name));
  return manifests.map(({ folder, name, dependencies = {} }) => ({
    name,
    folder,
    dependencies: Object.keys(dependencies).filter((dependency) => names.has(dependency)),
  }));
}

/** The named workspaces and all they use, directly or not. */
export function closure(workspaces: readonly Workspace[], names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    workspaces.find((workspace) => workspace.name === name)?.dependencies.forEach(visit);
  };
  names.forEach(visit);
  return found;
}
