import type { Concern } from '../core/concern.ts';
import { judge } from './judge.ts';
import type { Project } from './model.ts';
import { type Manifest, readManifest } from './read-manifest.ts';
import { Source } from './source.ts';

/** A text that holds waves, and the names of those to be judged. */
export interface WavesToJudge {
  readonly file: string;
  readonly text: string;
  readonly waves: ReadonlySet<string>;
}

/** What keeps waves from being planned on MGN, were all of their targets of MGN: warnings are left out. */
export function judgeOnMgn(files: readonly WavesToJudge[]): readonly Concern[] {
  const manifests = files.map(({ file, text, waves }): Manifest => {
    const manifest = readManifest(new Source(file, text), 'project file');
    return { ...manifest, projects: [], waves: manifest.waves.filter(({ name }) => waves.has(name)) };
  });
  const [first] = manifests.flatMap(({ waves }) => waves);
  if (first === undefined) return [];
  const names = new Set(manifests.flatMap(({ waves }) => waves.flatMap(({ target }) => target ?? [])));
  const main: Manifest = { file: '', projects: [mgnProject([...names], first)], waves: [], concerns: [] };
  return judge(main, manifests, [], 0).concerns.filter(({ severity }) => severity !== 'warning');
}

/** A project whose targets are all of MGN; where it stands does not matter. */
function mgnProject(
  names: readonly string[],
  { origin, place }: Pick<Project, 'origin'> & Pick<Concern, 'place'>,
): Project {
  const target = (name: string): Project['targets'][number] => ({
    name,
    provider: 'mgn',
    region: 'us-west-2',
    limits: { activeReplications: 1, apiRequests: 1 },
    guards: { maxDeletes: 1, maxUpdates: 1 },
    place: place ?? { file: '', line: 1, column: 1 },
  });
  const all = ['?', ...names];
  return {
    origin,
    name: '?',
    globs: [],
    defaultTarget: '?',
    targets: all.map(target),
    targetNames: all,
    misplaced: [],
  };
}
