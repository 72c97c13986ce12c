import type { Command } from 'commander';
import { LandfallError } from '../core/error.ts';
import { didYouMean } from '../core/suggest.ts';
import { pageAddress } from '../workflow/shipped-files.ts';

/** A command line, and what it does. */
type Example = readonly [command: string, what: string];

/** One to four examples of each command, by its name; the reference shows them, and a test runs them there. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  validate: [
    ['landfall validate', 'check the project in this folder'],
    ['landfall validate --format sarif > landfall.sarif', 'findings for a code scanner'],
  ],
  plan: [
    ['landfall plan', 'show what an apply would change'],
    ["landfall plan --wave 'sdsc-*' --out wave.plan", 'save a plan of some waves'],
    ['landfall plan --changed-since origin/main', 'only waves that this branch has changed'],
  ],
  apply: [
    ['landfall apply wave.plan', 'apply exactly a saved plan'],
    ['landfall apply', 'show the plan, ask, and apply it'],
    ['landfall apply --auto-approve --report outcome.json', 'in a pipeline'],
    ['landfall apply --follow --timeout 8h --interval 5m', 'carry all VMs to the phase of their wave'],
  ],
  show: [['landfall show wave.plan', 'show a saved plan, and whether it is stale']],
  targets: [
    ['landfall targets', 'each target, and in which order runners apply them'],
    ['landfall targets --format github >> "$GITHUB_OUTPUT"', 'a matrix for GitHub Actions'],
    ['landfall targets --format gitlab --out child.yml', 'a child pipeline for GitLab CI'],
  ],
  merge: [
    ['landfall merge plans', 'the plans of all runners as one'],
    ['landfall merge plans/*.plan --expect targets.json', 'without the wave files'],
    ['landfall merge plans --write markdown=plan.md', 'for one comment on a pull request'],
  ],
  rollback: [['landfall rollback sdsc-01 --keep-instances', 'take back all cut-overs of a wave']],
  drift: [
    ['landfall drift', 'compare with the manifests on disk'],
    ['landfall drift --ref origin/main --format markdown', 'a nightly check'],
  ],
  'force-unlock': [['landfall force-unlock ID', 'remove the lock that LOCK_HELD names']],
  status: [
    ['landfall status', 'the replication of all VMs'],
    ['landfall status sdsc-01 --watch', 'follow one wave'],
    ['landfall status --problems --exit-code', 'exit with 2 if a VM has a problem'],
    ['landfall status --format prometheus > landfall.prom', 'for the textfile collector of Prometheus'],
  ],
  describe: [['landfall describe awsscrum-lnx1', 'all that is known of one VM']],
  runs: [['landfall runs awsscrum-lnx1', 'all replication runs of a VM']],
  output: [
    ['landfall output', 'the AMI or instance of each VM'],
    ['landfall output --wave sdsc-01 --format csv > amis.csv', 'for a spreadsheet'],
  ],
  forecast: [
    ['landfall forecast', 'when each wave gets to its phase, with a 90 % bound'],
    ['landfall forecast --format csv > forecast.csv', 'each VM and phase, for a spreadsheet'],
  ],
  'what-if': [
    ['landfall what-if --set waves.sdsc-01.limits.activeReplications=20', 'what another cap would change'],
  ],
  runbook: [
    ['landfall runbook sdsc-01 > runbook.md', 'a task list for an issue or a wiki'],
    ['landfall runbook sdsc-01 --format html --out runbook.html', 'a page to print'],
  ],
  calendar: [
    ['landfall calendar --out waves.ics', 'windows, cut-overs and deadlines for a calendar program'],
    ['landfall calendar --days 30', 'the next thirty days, on stdout'],
  ],
  'policy test': [
    ['landfall policy test', 'all tests below the folder of the project'],
    [
      "landfall policy test --policy 'no-*' --format junit --out policies.xml",
      'for the tests’ page of a pipeline',
    ],
  ],
  report: [
    ['landfall report', 'a page for the meeting: report.html'],
    ["landfall report 'sdsc-*' --out sdsc.html", 'of some waves'],
  ],
  run: [['landfall run awsscrum-lnx1 --wait', 'replicate a VM now, and wait for it']],
  'catalog import': [['landfall catalog import --wait', 'read the VMs of the vCenters']],
  'catalog list': [
    ["landfall catalog list --vm 'awsscrum-*' --without-job", 'servers that do not replicate yet'],
  ],
  'catalog delete': [['landfall catalog delete', 'delete the catalogue, after asking']],
  'connectors list': [['landfall connectors list', 'the connectors and their health']],
  'connectors disassociate': [
    ['landfall connectors disassociate c-415fef98f4c66c487', 'remove a connector, after asking'],
  ],
  'mgn init': [['landfall mgn init production', 'prepare the account of a target']],
  explain: [
    ['landfall explain licence.linux-aws', 'what a concern means, and how to fix it'],
    ['landfall explain licence', 'all concerns on licences'],
  ],
  schema: [
    ['landfall schema', 'list the schemas'],
    ['landfall schema wave --out wave.schema.json', 'write one to a file'],
  ],
  init: [
    ['landfall init moving --with windows,policies', 'a new project in a folder, with windows and policies'],
    [
      'landfall init moving-mgn --provider mgn --ci github --with all',
      'on MGN, with a pipeline and all parts',
    ],
  ],
  completion: [['landfall completion bash', 'print the script for bash']],
  'import rvtools': [
    ['landfall import rvtools RVTools_tabvInfo.csv --dry-run', 'show the waves, and write nothing'],
    ['landfall import rvtools RVTools_tabvInfo.csv --by cluster --max-size 20', 'waves of one cluster each'],
  ],
  'import live': [['landfall import live --dry-run', 'show the waves of existing jobs']],
  'import mgn-csv': [
    ['landfall import mgn-csv inventory.csv --dry-run', 'show the waves, and write nothing'],
  ],
  'export mgn-csv': [['landfall export mgn-csv --wave sdsc-01 --out servers.csv', 'a file that MGN imports']],
  convert: [
    ['landfall convert --to mgn --dry-run', 'show what would be written'],
    ['landfall convert --to mgn --out waves-mgn', 'write new files, and keep the old ones'],
  ],
  comment: [['landfall comment --file plan.md --only-changes', 'post a plan on the pull request']],
  'local start': [['landfall local start', 'serve the endpoint until Ctrl-C']],
  'local load': [['landfall local load RVTools_tabvInfo.csv', 'a data centre with the VMs of an export']],
  'local advance': [['landfall local advance 12h', 'let twelve hours pass']],
  'local reset': [['landfall local reset --auto-approve', 'begin with an empty account']],
  'local fault set': [['landfall local fault set faults.yaml', 'make the running endpoint fail']],
  'local fault clear': [['landfall local fault clear', 'end all faults']],
};

/** Adds its examples, and where the reference describes it, to the help of each command. */
export function addExamples(command: Command, path: readonly string[] = []): void {
  for (const below of command.commands) addExamples(below, [...path, below.name()]);
  const examples = EXAMPLES[path.join(' ')] ?? [];
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`);
  const anchor = path.length === 0 ? '' : `#landfall-${path.join('-')}`;
  command.addHelpText(
    'after',
    [
      ...(lines.length === 0 ? [] : ['', 'Examples:', ...lines]),
      '',
      `Reference: ${pageAddress(`docs/reference/cli.md${anchor}`)}`,
    ].join('\n'),
  );
}

/**
 * Reads a command line that asks for help: `help plan` and `catalog help list` are the commands with `--help`.
 * @returns the command line for the parser; undefined: it asks for no help
 * @throws LandfallError USAGE for a command that does not exist, with the one that was meant
 */
export function readHelpRequest(program: Command, argv: readonly string[]): readonly string[] | undefined {
  const end = argv.findIndex((word) => word.startsWith('-'));
  const words = end < 0 ? argv : argv.slice(0, end);
  const names: string[] = [];
  let command = program;
  let isAsked = argv.some((word) => word === '--help' || word === '-h');
  for (const word of words) {
    if (command.commands.length === 0) break;
    if (word === 'help') {
      isAsked = true;
      continue;
    }
    const below = command.commands.find((each) => each.name() === word);
    if (below === undefined) {
      if (!isAsked) return undefined;
      const name = ['landfall', ...names].join(' ');
      const visible = command.commands.map((each) => each.name()).filter((each) => !each.startsWith('_'));
      const known = `\`${name} --help\` lists the commands`;
      const meant = didYouMean(word, visible, '');
      throw new LandfallError('USAGE', `unknown command ${JSON.stringify(word)}`, {
        remedy: meant === '' ? known : `${meant} ${known}`,
      });
    }
    names.push(word);
    command = below;
  }
  return isAsked ? [...names, '--help'] : undefined;
}
