import { isMapping, stringsIn } from './parse.mjs';
import { stepProblems } from './steps.mjs';

const EXPRESSION = /\$\{\{(.*?)\}\}/gs;

/** Rules for a composite action, which actionlint does not look at. */
export function checkAction({ data: action }) {
  const problems = [];
  const say = (message) => problems.push({ message });
  for (const key of ['name', 'description']) if (typeof action?.[key] !== 'string') say(`there is no ${key}`);
  if (action?.runs?.using !== 'composite' || !Array.isArray(action.runs.steps)) {
    say('runs is not composite with steps');
    return problems;
  }
  const { inputs = {}, outputs = {}, runs } = action;
  const { steps } = runs;

  for (const [kind, entries] of Object.entries({ input: inputs, output: outputs }))
    for (const [name, entry] of Object.entries(entries))
      if (typeof entry?.description !== 'string') say(`${kind} ${name} has no description`);
  for (const [name, input] of Object.entries(inputs))
    if (isMapping(input) && input.required !== true && typeof input.default !== 'string')
      say(`input ${name} is neither required nor has it a default, which is a string`);

  for (const [index, step] of steps.entries()) {
    const name = `step ${index + 1}${step?.name ? ` (${step.name})` : ''}`;
    for (const message of stepProblems(step, name)) say(message);
    if (step?.run !== undefined && step.shell !== 'bash') say(`${name} has no shell: bash`);
  }

  const used = named(steps, 'inputs');
  for (const name of used) if (!(name in inputs)) say(`input ${name} is used, and there is none`);
  for (const name of Object.keys(inputs)) if (!used.has(name)) say(`input ${name} is never used`);
  const ids = new Set(steps.map(({ id }) => id).filter((id) => id !== undefined));
  for (const [name, output] of Object.entries(outputs)) {
    const [id] = named(output, 'steps');
    if (id === undefined) say(`output ${name} is taken from no step`);
    else if (!ids.has(id)) say(`output ${name} is taken from step ${id}, and there is none`);
  }
  return problems;
}

/** What expressions name below a context: `inputs.token` → token. */
function named(node, context) {
  const names = stringsIn(node)
    .flatMap((text) => [...text.matchAll(EXPRESSION)])
    .flatMap(([, expression]) => [...expression.matchAll(new RegExp(`\\b${context}\\.([\\w-]+)`, 'g'))])
    .map(([, name]) => name);
  return new Set(names);
}
