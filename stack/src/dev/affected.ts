import type { ProcessPlan } from '../plan.ts';
import { closure, type Workspace } from './workspaces.ts';

/** A process of the all-in-one, or the bundle of the web page. */
export type Affected = ProcessPlan['name'] | 'web';

const workspace = (name: string) => `@giggityflix/${name}`;
const STACK = workspace('stack');
const OWN_WORKSPACE = {
  edge: workspace('edge'),
  matchmaker: workspace('matchmaker'),
  peer: workspace('peer'),
  web: workspace('web'),
} as const;

/** Files that a process runs or reads, or that the bundle is made of. */
const SOURCE = /\.(ts|tsx|js|css|html|json|graphql|lua|sql|proto|binpb|svg|png|ico|webmanifest|woff2)$/;
/** Files that only tests and readers use, and files that are made from others. */
const IGNORED =
  /(^|\/)(node_modules|dist|testing|compliance|examples|sample|\.[^/]+)(\/|$)|\.(test|compliance)\.tsx?$/;

export function isIgnored(path: string): boolean {
  return IGNORED.test(path);
}

/**
 * Makes the function that says what a change of a file concerns. The path is relative to the repository's root, with forward
 * slashes. A process is concerned when the file is in a workspace that the process uses, by the dependencies in package.json.
 */
export function createAffected(workspaces: readonly Workspace[]): (path: string) => Affected[] {
  const own = new Set<string>(Object.values(OWN_WORKSPACE));
  const hub = workspaces.find(({ name }) => name === STACK)?.dependencies.filter((name) => !own.has(name));
  const used = new Map<Affected, Set<string>>([['hub', closure(workspaces, hub ?? []).add(STACK)]]);
  for (const [name, root] of Object.entries(OWN_WORKSPACE))
    used.set(name as Affected, closure(workspaces, [root]));
  return (path) => {
    if (isIgnored(path) || !SOURCE.test(path)) return [];
    const owner = workspaces.find(({ folder }) => path.startsWith(`${folder}/`));
    return owner ? [...used].filter(([, names]) => names.has(owner.name)).map(([name]) => name) : [];
  };
}
