import type { Concern } from '../core/concern.ts';
import { buildProject } from './build-project.ts';
import { buildWave } from './build-wave.ts';
import { type Project, UNKNOWN_NAME, type Wave } from './model.ts';
import { checkDocument } from './schema/check.ts';
import { problem, type Problem, type Source } from './source.ts';
import { type Node, rangeOf, unknownPaths } from './yaml/node.ts';
import { readYaml } from './yaml/read.ts';

/** What one file says, and all that is wrong with it by itself. */
export interface Manifest {
  readonly file: string;
  readonly projects: readonly Project[];
  readonly waves: readonly Wave[];
  /** All documents, and what could be recovered of those that are not well-formed YAML. */
  readonly documents: readonly Node[];
  readonly concerns: readonly Concern[];
}

/** Reads the documents of a file. Only a project file may hold a project, and only one. */
export function readManifest(source: Source, role: 'project file' | 'wave file'): Manifest {
  const { roots, recovered, problems } = readYaml(source.text);
  const projects: Project[] = [];
  const waves: Wave[] = [];
  const found: Problem[] = [...problems];
  if (roots.length === 0 && problems.length === 0) found.push(EMPTY_FILE);
  for (const root of roots) {
    // Of a value that is not known, a problem says so.
    const unknown = problems.length === 0 ? [] : unknownPaths(root);
    const { checked, problems: wrong } = checkDocument(root, source.text, unknown);
    found.push(...wrong);
    if (checked?.kind === 'Wave') waves.push(buildWave(checked, { source, root }));
    if (checked?.kind !== 'Project') continue;
    if (role === 'project file' && projects.length === 0) {
      projects.push(buildProject(checked, { source, root }));
    } else {
      found.push(
        problem('project.duplicate', rangeOf(root, ['kind']), SECOND_PROJECT, 'remove this document'),
      );
    }
  }
  return {
    file: source.file,
    projects,
    waves,
    documents: [...roots, ...recovered],
    concerns: found.map((each) => source.toConcern(each)),
  };
}

/** Returns the waves of a file whose names can be read, and whether these are all of its waves. */
export function namedWaves({ waves, concerns }: Manifest): { waves: readonly Wave[]; isComplete: boolean } {
  const named = waves.filter(({ name }) => name !== UNKNOWN_NAME);
  // A value that the schema refuses does not hide which wave it is in.
  const isWhole = !concerns.some(({ id }) => !id.startsWith('schema.') || id === 'schema.kind');
  return { waves: named, isComplete: isWhole && named.length === waves.length };
}

const SECOND_PROJECT = 'there is a project already, in the project file';

const EMPTY_FILE = problem(
  'file.empty',
  { start: 0, end: 1 },
  'the file holds no document',
  'write one, or remove the file',
);
