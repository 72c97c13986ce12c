import { readdirSync, readFileSync } from 'node:fs';

/** The folder of the package, which stands above both src/ and dist/. */
const PACKAGE = new URL('../../', import.meta.url);
const ENDING = '.schema.json';

/** The names of the schemas in schemas/, sorted: `plan`, `project`, `wave`, … */
export function schemaNames(): readonly string[] {
  return readdirSync(new URL('schemas/', PACKAGE))
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
}

/** A schema as it ships, byte for byte. */
export function schemaText(name: string): string {
  return readFileSync(new URL(`schemas/${name}${ENDING}`, PACKAGE), 'utf8');
}

export const PIPELINES = ['github', 'gitlab', 'azure', 'bitbucket', 'jenkins', 'none'] as const;
export type Pipeline = (typeof PIPELINES)[number];

/** Where the files of a pipeline go in a project. */
const PIPELINE_FOLDERS: Readonly<Record<Exclude<Pipeline, 'none'>, string>> = {
  github: '.github/workflows/',
  gitlab: '',
  azure: '',
  bitbucket: '',
  jenkins: '',
};

/** The part of a pipeline that makes the report, with the comments that begin and end it. */
const REPORT = /^ *(?:#|\/\/) Report \(init --with report\):[^]*?^ *(?:#|\/\/) End of the report\.\n/gm;

/** The files of a pipeline, as examples/ci/ ships them, with or without the report: their paths in a project, and their texts. */
export function pipelineFiles(
  pipeline: Pipeline,
  hasReport: boolean,
): readonly { path: string; text: string }[] {
  if (pipeline === 'none') return [];
  const folder = new URL(`examples/ci/${pipeline}/`, PACKAGE);
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$|^Jenkinsfile$/.test(file) && (hasReport || file !== 'landfall-report.yml'))
    .sort()
    .map((file) => ({ path: PIPELINE_FOLDERS[pipeline] + file, text: pipelineText(new URL(file, folder)) }));

  function pipelineText(file: URL): string {
    const text = readFileSync(file, 'utf8');
    return hasReport ? text : text.replaceAll(REPORT, '');
  }
}

/** The folder of the example policies and their tests. */
const POLICIES = new URL('examples/policies/', PACKAGE);

/** The section `policies` of the example, to its end. */
export function shippedPolicies(): string {
  const project = readFileSync(new URL('landfall.yaml', POLICIES), 'utf8');
  return project.slice(project.indexOf('\npolicies:\n') + 1);
}

/** The tests of the example policies: their paths in a project, and their texts. */
export function policyTestFiles(): readonly { path: string; text: string }[] {
  const folder = new URL('policies/', POLICIES);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.policy-test.yaml'))
    .sort()
    .map((file) => ({
      path: `policies/${file}`,
      // The example lies two folders deeper in this repository than a project in its own.
      text: readFileSync(new URL(file, folder), 'utf8').replace('$schema=../../../', '$schema=../'),
    }));
}

/** What is used of package.json. The one that is published names the repository only if it is known. */
interface Manifest {
  readonly version: string;
  readonly repository?: { readonly url: string };
}

/** Reads package.json, which stands beside both src/ and dist/. */
function manifest(): Manifest {
  return JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')) as Manifest;
}

/** The version in package.json. */
export function version(): string {
  return manifest().version;
}

/**
 * Returns the address of a page at this version in the repository. Where package.json names none, or has still its
 * placeholder, it is the path of the page in the package.
 * @param page `docs/reference/cli.md#landfall-plan`
 */
export function pageAddress(page: string, { version, repository }: Manifest = manifest()): string {
  const url = repository?.url.replace(/^git\+/, '').replace(/\.git$/, '') ?? '';
  return url.startsWith('https://') && !url.includes('YOUR_ORG') ? `${url}/blob/v${version}/${page}` : page;
}
