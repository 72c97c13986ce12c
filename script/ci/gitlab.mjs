import { bashProblem, isMapping } from './parse.mjs';

/** What stands beside jobs (docs.gitlab.com/ci/yaml: global keywords). */
const GLOBAL = new Set(['default', 'include', 'spec', 'stages', 'variables', 'workflow']);

/** What a job may have, as far as it is used here. */
const KEYWORDS = new Set([
  'after_script',
  'allow_failure',
  'artifacts',
  'before_script',
  'cache',
  'environment',
  'extends',
  'id_tokens',
  'image',
  'interruptible',
  'needs',
  'resource_group',
  'retry',
  'rules',
  'script',
  'services',
  'stage',
  'tags',
  'timeout',
  'trigger',
  'variables',
  'when',
]);

/** What a file includes from the repository: `include: [{ local: /path }]`. */
function filesIncluded({ include = [] }) {
  return [include].flat().flatMap(({ local }) => (local === undefined ? [] : [local.replace(/^\//, '')]));
}

/**
 * Rules for a pipeline of GitLab CI: what its own linter, which only a server has, would refuse, and some more.
 * @param read reads a file that the pipeline includes, as data; absent: it includes none
 */
export function checkGitLab({ data: own }, read) {
  const problems = [];
  const say = (message) => problems.push({ message });
  if (!isMapping(own)) return [{ message: 'it is no mapping' }];
  const data = Object.assign({}, ...filesIncluded(own).map((file) => read(file)), own);
  const entries = Object.fromEntries(Object.entries(data).filter(([name]) => !GLOBAL.has(name)));
  const stages = data.stages ?? [];
  if (!Array.isArray(stages) || stages.length === 0) say('there are no stages');

  const jobs = Object.keys(entries).filter((name) => !name.startsWith('.'));
  if (jobs.length === 0) say('there is no job');
  for (const [name, entry] of Object.entries(entries)) {
    if (!isMapping(entry)) {
      say(`${name} is no mapping`);
      continue;
    }
    for (const keyword of Object.keys(entry))
      if (!KEYWORDS.has(keyword)) say(`${name} has ${keyword}, which is no keyword that is known here`);
    for (const base of [entry.extends ?? []].flat())
      if (!(base in entries)) say(`${name} extends ${base}, and there is none`);
  }
  for (const name of jobs) {
    const job = { ...data.default, ...extended(entries, name) };
    const starts = job.trigger !== undefined;
    if ((job.script === undefined) !== starts) say(`${name} has no script`);
    for (const { job: from } of [job.trigger?.include ?? []].flat())
      if (!jobs.includes(from)) say(`${name} starts a pipeline of ${from}, and there is none`);
    if (!stages.includes(job.stage)) say(`${name} is of stage ${job.stage ?? 'test'}, which is not listed`);
    if (job.rules === undefined) say(`${name} has no rules`);
    if (job.timeout === undefined && !starts) say(`${name} has no timeout`);
    if (job.environment !== undefined && job.resource_group === undefined)
      say(`${name} deploys to an environment without a resource_group: two of it may run at once`);
    for (const need of [job.needs ?? []].flat()) {
      const needed = need?.job ?? need;
      if (!jobs.includes(needed)) say(`${name} needs ${needed}, and there is none`);
      else if (stages.indexOf(extended(entries, needed).stage) > stages.indexOf(job.stage))
        say(`${name} needs ${needed}, which is of a later stage`);
    }
    const wrong = bashProblem(scriptOf(job));
    if (wrong !== undefined) say(`${name}: ${wrong}`);
  }
  return problems;
}

/** A job with what it extends: mappings are merged, all else is replaced. */
function extended(entries, name, seen = []) {
  const { extends: bases = [], ...own } = entries[name] ?? {};
  if (seen.includes(name)) return own;
  return [bases].flat().reduceRight((job, base) => merge(extended(entries, base, [...seen, name]), job), own);
}

function merge(under, over) {
  const merged = { ...under };
  for (const [key, value] of Object.entries(over))
    merged[key] = isMapping(value) && isMapping(under[key]) ? merge(under[key], value) : value;
  return merged;
}

/** The lines as the runner joins them, for one shell. */
function scriptOf({ before_script: before = [], script = [] }) {
  return [before, script].flat(3).join('\n');
}
