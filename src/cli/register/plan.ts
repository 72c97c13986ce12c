import { type Command, Option } from 'commander';
import type { Guard } from '../../plan/index.ts';
import { FINDING_FORMATS } from '../../report/findings/report.ts';
import {
  addSelectionFlags,
  collect,
  collectOf,
  formatFlag,
  maxBytesFlag,
  positiveInteger,
} from '../flags.ts';
import { addLockFlags } from './lock.ts';
import type { Registrar } from './registrar.ts';

/** The guards that `--force` lifts. */
const GUARDS: readonly Guard[] = ['deletes', 'updates'];

/** The commands that plan and carry plans out. */
export function registerPlanCommands(program: Command, runs: Registrar): void {
  runs(
    addPlanFlags(
      program
        .command('plan')
        .description('show what an apply would change')
        .addOption(formatFlag('text', 'json', 'markdown', ...FINDING_FORMATS))
        .addOption(maxBytesFlag('waves'))
        .option('--out <file>', 'keep the plan in a file, for `landfall apply FILE` and `landfall show FILE`')
        .option('--detailed-exitcode', 'exit with 2 when there are changes')
        .option(
          '--changed-since <revision>',
          'only waves whose files have changed since HEAD and this git revision parted, gone ones too',
        ),
    ),
    async () => (await import('../commands/plan.ts')).plan,
  );

  runs(
    addLockFlags(
      addPlanFlags(
        program
          .command('apply')
          .description(
            'show the plan, ask, and carry it out; a saved plan is carried out as it is, without asking',
          )
          .argument(
            '[plan]',
            'a file of `landfall plan --out`: exactly this, or nothing where it is stale (exit 4)',
          )
          .addOption(formatFlag('text', 'json'))
          .addOption(
            new Option(
              '--json',
              'print a JSON object a line while it runs, as terraform apply -json does; --format json prints one at the end',
            ).conflicts('format'),
          )
          .option('--json-into <file>', 'write what --json prints to a file, whatever is printed')
          .option('--auto-approve', 'do not ask')
          .option('--report <file>', 'write the outcome as JSON to a file, however the run ends')
          .option(
            '--max-failures <count>',
            'stop starting changes after this many failures',
            positiveInteger,
          ),
      ),
    ),
    async () => (await import('../commands/apply.ts')).apply,
  );

  runs(
    program
      .command('show')
      .description('show a saved plan, and whether it is still fresh')
      .argument('<plan>', 'a file of `landfall plan --out`')
      .addOption(formatFlag('text', 'json', 'markdown', ...FINDING_FORMATS))
      .addOption(maxBytesFlag('waves')),
    async () => (await import('../commands/show.ts')).show,
  );
}

/** Flags that decide what a plan comes to. */
function addPlanFlags(command: Command): Command {
  return addSelectionFlags(command)
    .option('--allow-empty', 'let a target whose manifests are gone lose all of its jobs')
    .option('--replace <address>', 'delete and create this VM’s job anew; wave/name, repeatable', collect)
    .option(
      '--confirm-finalize <wave>',
      'the cut-over of this wave is good, and may be finalized for good; repeatable',
      collect,
    )
    .option(
      '--force <guard>',
      'lift the guard against changing too many jobs at once: deletes or updates, repeatable',
      collectOf(GUARDS),
    );
}
