/** What `changeset status --output` writes, as far as the changelog needs it. */
export interface ReleaseStatus {
  changesets: readonly {
    summary: string;
    releases: readonly { name: string; type: 'major' | 'minor' | 'patch' | 'none' }[];
  }[];
  releases: readonly { newVersion: string }[];
}

const SECTIONS = { major: 'Breaking changes', minor: 'New', patch: 'Fixed' } as const;
const SIZES = Object.keys(SECTIONS) as (keyof typeof SECTIONS)[];

/** The changelog's section of a release: a change is listed once, under the largest of its bumps. */
export function releaseSection(status: ReleaseStatus, version: string, date: Date): string {
  const parts = SIZES.flatMap((size) => {
    const entries = status.changesets.filter((change) => sizeOf(change.releases) === size).map(entry);
    return entries.length === 0 ? [] : [`### ${SECTIONS[size]}\n\n${entries.join('\n')}`];
  });
  return [`## ${version} (${date.toISOString().slice(0, 10)})`, ...parts].join('\n\n');
}

/** Places a section above those of earlier releases, below the changelog's introduction. */
export function insertSection(changelog: string, section: string): string {
  const first = changelog.search(/^## /m);
  const introduction = (first === -1 ? changelog : changelog.slice(0, first)).trimEnd();
  const earlier = first === -1 ? '' : `\n${changelog.slice(first)}`;
  return `${introduction}\n\n${section}\n${earlier}`;
}

function sizeOf(releases: ReleaseStatus['changesets'][number]['releases']): string | undefined {
  return SIZES.find((size) => releases.some(({ type }) => type === size));
}

function entry({ summary, releases }: ReleaseStatus['changesets'][number]): string {
  const workspaces = releases.map(({ name }) => name.replace(/^@giggityflix\//, '')).sort();
  return `- **${workspaces.join(', ')}**: ${summary.trim().replaceAll('\n', '\n  ')}`;
}
