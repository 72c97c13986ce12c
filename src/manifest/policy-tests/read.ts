import { byPlace, type Concern } from '../../core/concern.ts';
import type { Place } from '../../core/error.ts';
import type { Policy } from '../../core/results/policy.ts';
import type { PolicyExpectation } from '../../core/results/policy-test.ts';
import { didYouMean } from '../../core/suggest.ts';
import { quote } from '../../core/text.ts';
import { missingProject, policiesOf, readManifest } from '../check.ts';
import { ProjectFolder } from '../files.ts';
import { policyConcerns } from '../policies.ts';
import { explainErrors } from '../schema/explain.ts';
import { API_VERSION, readPolicyTestSchema } from '../schemas.ts';
import { problem, type Problem, type Source } from '../source.ts';
import { readDocuments, treeOf, type YamlDocument } from '../yaml/documents.ts';
import {
  isMap,
  keyRangeOf,
  mapAt,
  type Node,
  type Path,
  rangeOf,
  textAt,
  type Value,
  type ValueMap,
} from '../yaml/node.ts';
import { NO_SUCH_TIME, wrongTimes } from './plans.ts';
import { policyTestValidators } from './validators.ts';

/** A case as written. */
export interface PolicyCase {
  readonly name: string;
  readonly place: Place;
  /** A plan and a change in part, as JSON data. */
  readonly plan?: ValueMap;
  readonly change?: ValueMap;
  /** From the folder of its file. */
  readonly planFile?: { readonly path: string; readonly place: Place };
  /** Its plan is that of the manifests of the project. */
  readonly ofManifests: boolean;
  readonly expectations: readonly PolicyExpectation[];
}

/** The policies of a project and their tests. */
export interface PolicyTests {
  /** Absent: something is wrong with the project file. */
  readonly project?: { readonly name: string; readonly policies: readonly Policy[] };
  /** The files of the tests, as shown to the user. */
  readonly files: readonly string[];
  readonly cases: readonly PolicyCase[];
  /** Sorted by place. */
  readonly concerns: readonly Concern[];
}

/**
 * Reads the policies of a project and their tests. Reads no wave files. Never throws.
 * @param paths files and folders; absent: all tests below the folder of the project
 */
export function loadPolicyTests(
  projectFile: string,
  cwd: string,
  paths: readonly string[] | undefined,
): PolicyTests {
  const folder = new ProjectFolder(projectFile, cwd);
  const main = folder.projectFileExists() ? folder.readProject() : undefined;
  const { projects, concerns } =
    main === undefined ? { projects: [], concerns: [] } : readManifest(main, 'project file');
  const [project] = projects;
  const wrong = [...concerns, ...(project === undefined ? [] : policyConcerns(project))];
  if (project === undefined || wrong.some(({ severity }) => severity === 'error')) {
    const all = [...folder.concerns, ...wrong];
    return { files: [], cases: [], concerns: all.length > 0 ? all : [missingProject(folder.projectFile)] };
  }
  const policies = policiesOf(project);
  const names = policies.map(({ name }) => name);
  const sources = folder.readPolicyTests(paths);
  const read = sources.map((source) => readTests(source, names));
  return {
    project: { name: project.name, policies },
    files: sources.map(({ file }) => file),
    cases: read.flatMap(({ cases }) => cases),
    concerns: [...folder.concerns, ...read.flatMap((each) => each.concerns)].sort(byPlace),
  };
}

function readTests(
  source: Source,
  policies: readonly string[],
): { readonly cases: readonly PolicyCase[]; readonly concerns: readonly Concern[] } {
  const { documents, problems } = readDocuments(source.text);
  const found = [...problems];
  if (documents.length === 0 && problems.length === 0)
    found.push(problem('file.empty', { start: 0, end: 0 }, 'the file contains no document', START));
  for (const document of documents) found.push(...problemsOf(document, source.text, policies));
  return {
    cases: found.length > 0 ? [] : documents.flatMap((document) => casesOf(document, source)),
    concerns: found.map((each) => source.toConcern(each)),
  };
}

const START = `begin the document with apiVersion: ${API_VERSION} and kind: PolicyTest`;

function problemsOf(
  { value, unknown, index }: YamlDocument,
  text: string,
  policies: readonly string[],
): readonly Problem[] {
  const root = treeOf(text, index);
  if (!isMap(value)) {
    return [
      problem('schema.kind', rangeOf(root, []), `the document is ${quote(value)}, not a mapping`, START),
    ];
  }
  const header = (['apiVersion', 'kind'] as const).flatMap((key) => {
    const right = key === 'kind' ? 'PolicyTest' : API_VERSION;
    const given = value[key];
    if (given === right) return [];
    const message =
      given === undefined
        ? `the document has no ${key}`
        : `${key} ${quote(given)} is not that of a policy test`;
    return [problem('schema.kind', rangeOf(root, [key]), message, `write ${key}: ${right}`)];
  });
  const validate = policyTestValidators.get('PolicyTest');
  const errors = validate(value) ? [] : (validate.errors ?? []);
  const schema = readPolicyTestSchema();
  const { problems } = explainErrors(errors, { schema, root, text, unknown });
  if (header.length + problems.length > 0) return [...header, ...problems];
  return listOfCases(value).flatMap((each, position) => [
    ...wrongTimes(each.plan, ['cases', position, 'plan']).map((path) => noSuchTime(root, path)),
    ...wrongTimes(each.change, ['cases', position, 'change']).map((path) => noSuchTime(root, path)),
    ...(each.manifests === true && each.planFile !== undefined ? [twoPlans(root, position)] : []),
    ...Object.keys(mapAt(each, 'expect')).flatMap((name) => {
      if (policies.includes(name)) return [];
      const range = keyRangeOf(root, ['cases', position, 'expect', name]);
      const otherwise =
        policies.length === 0 ? 'the project has no policies' : `it has ${policies.join(', ')}`;
      const remedy = didYouMean(name, policies, otherwise);
      return [problem('policies.unknown', range, `the project has no policy ${quote(name)}`, remedy)];
    }),
  ]);
}

function noSuchTime(root: Node, path: Path): Problem {
  return problem('schema.value', rangeOf(root, path), 'there is no such time', NO_SUCH_TIME);
}

function twoPlans(root: Node, position: number): Problem {
  const range = keyRangeOf(root, ['cases', position, 'manifests']);
  return problem(
    'schema.value',
    range,
    'the case has two plans: manifests and planFile',
    'remove one of them',
  );
}

function casesOf({ value, index }: YamlDocument, source: Source): readonly PolicyCase[] {
  const root = treeOf(source.text, index);
  return listOfCases(isMap(value) ? value : {}).map((each, position) => {
    const path = ['cases', position];
    const placeOf = (...more: readonly string[]): Place =>
      source.place(rangeOf(root, [...path, ...more]).start);
    const { plan, change, planFile, manifests } = each;
    return {
      name: textAt(each, 'name') ?? '',
      place: placeOf('name'),
      ...(isMap(plan) && { plan }),
      ...(isMap(change) && { change }),
      ...(typeof planFile === 'string' && { planFile: { path: planFile, place: placeOf('planFile') } }),
      ofManifests: manifests === true,
      expectations: Object.entries(mapAt(each, 'expect')).map(([policy, expected]) => ({
        policy,
        ...expectationOf(expected),
        place: placeOf('expect', policy),
      })),
    };
  });
}

function listOfCases({ cases }: ValueMap): readonly ValueMap[] {
  return Array.isArray(cases) ? cases.filter(isMap) : [];
}

/** The schema has checked what is expected. */
function expectationOf(value: Value): Pick<PolicyExpectation, 'result' | 'message'> {
  if (!isMap(value)) return { result: value as PolicyExpectation['result'] };
  const message = textAt(value, 'message');
  return {
    result: value['result'] as PolicyExpectation['result'],
    ...(message !== undefined && { message }),
  };
}
