import { bashProblem, isMapping } from './parse.mjs';

/** Steps of a pipeline of Azure DevOps that run a script, those of deployments too, each with its job. */
function azureJobs(data) {
  return (data.stages ?? []).flatMap(({ jobs = [] }) =>
    jobs.map((job) => ({ job, steps: job.steps ?? job.strategy?.runOnce?.deploy?.steps ?? [] })),
  );
}

/** Rules for a pipeline of Azure DevOps, whose own linter only a server has. */
export function checkAzure({ data }) {
  const problems = [];
  const say = (message) => problems.push({ message });
  const jobs = isMapping(data) ? azureJobs(data) : [];
  if (jobs.length === 0) say('there is no job');
  for (const { job, steps } of jobs) {
    const name = job.job ?? job.deployment;
    if (job.timeoutInMinutes === undefined) say(`${name} has no timeoutInMinutes`);
    if (steps.length === 0) say(`${name} has no steps`);
    for (const { bash } of steps) {
      if (bash === undefined) continue;
      if (/\$\{\{|\$\([A-Z][\w.]*\)/.test(bash)) say(`${name} pastes a variable into its script`);
      const wrong = bashProblem(bash);
      if (wrong !== undefined) say(`${name}: ${wrong}`);
    }
  }
  return problems;
}

/** Rules for a pipeline of Bitbucket, whose own linter only a server has. */
export function checkBitbucket({ data }) {
  const problems = [];
  const say = (message) => problems.push({ message });
  const sections = isMapping(data?.pipelines) ? Object.values(data.pipelines) : [];
  const steps = sections.flatMap((section) => Object.values(section).flat()).map(({ step }) => step);
  if (steps.length === 0) say('there is no step');
  for (const { name, script = [], 'max-time': time } of steps) {
    if (time === undefined) say(`${name} has no max-time`);
    if (script.length === 0) say(`${name} has no script`);
    const wrong = bashProblem(script.join('\n'));
    if (wrong !== undefined) say(`${name}: ${wrong}`);
  }
  return problems;
}

/** Rules for a Jenkinsfile, whose own linter only a server has: its scripts, and that Groovy pastes nothing into them. */
export function checkJenkins({ text }) {
  const problems = [];
  const say = (message) => problems.push({ message });
  const scripts = jenkinsScripts(text);
  if (scripts.length === 0) say('there is no script');
  if (scripts.length !== (text.match(/\bsh\b/g) ?? []).length)
    say('a script is not in three single quotes, so Groovy may paste text into it');
  for (const script of scripts) {
    if (!script.startsWith('#!/bin/bash\n')) say('a script does not begin with #!/bin/bash');
    const wrong = bashProblem(script);
    if (wrong !== undefined) say(wrong);
  }
  const braces = (mark) => text.split(mark).length;
  if (braces('{') !== braces('}')) say('the braces are not balanced');
  return problems;
}

/** The scripts of a Jenkinsfile as Groovy passes them on. */
export function jenkinsScripts(text) {
  return [...text.matchAll(/\bsh '''(.*?)'''/gs)].map(([, script]) => script.replaceAll('\\\\', '\\'));
}
