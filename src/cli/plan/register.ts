import { type Command, Option } from 'commander';
import { DRIFT_FORMAT_NAMES, FORMAT_NAMES } from '../../report/formats.ts';
import type { PlanOptions } from '../../workflow/plan/planning.ts';
import type { RegisterCommand } from '../context.ts';
import {
  addLockFlags,
  addSelectionFlags,
  collect,
  collectOf,
  formatFlag,
  maxAttemptsFlag,
  maxBytesFlag,
  parsePositiveInteger,
  parseTimeSpan,
  withoutEnvironmentVariable,
} from '../flags.ts';

/** What `--force` lifts. */
const OVERRIDES: NonNullable<PlanOptions['force']> = ['deletes', 'updates', 'destroys', 'lifetime'];

/** Registers the commands that check manifests, plan, and apply plans. */
export function registerPlanCommands(program: Command, runs: RegisterCommand): void {
  runs(
    program
      .command('validate')
      .description('check the project and its wave files; needs no network and no credentials')
      .addOption(formatFlag(...FORMAT_NAMES))
      .addOption(writeFlag())
      .addOption(maxBytesFlag('lists')),
    async () => (await import('./reporting.ts')).validate,
  );

  runs(
    addPlanFlags(
      program
        .command('plan')
        .description('show what an apply would change')
        .addOption(formatFlag(...FORMAT_NAMES))
        .addOption(writeFlag())
        .addOption(maxBytesFlag('waves'))
        .option('--out <file>', 'save the plan to a file, for `landfall apply FILE` and `landfall show FILE`')
        .option(
          '--detailed-exitcode',
          'exit with 2 when there are changes, and with 7 when there are none now and a later run continues',
        )
        .option(
          '--changed-since <revision>',
          'only waves whose files have changed since the merge base of HEAD and this git revision, including removed waves',
        )
        .option(
          '--runbooks <folder>',
          'write the runbook of each wave whose phase or cutover differs from the base (--changed-since, otherwise --policies-from) here and into Markdown; without a base, of each whose cut-over is ahead',
        ),
    ),
    async () => (await import('./plan.ts')).plan,
  );

  runs(
    addLockFlags(
      addPlanFlags(
        program
          .command('apply')
          .description('show the plan, ask, and apply it; a saved plan is applied exactly and without asking')
          .argument(
            '[plan]',
            'a file of `landfall plan --out`: applies exactly this plan, or nothing if it is stale (exit 4)',
          )
          .addOption(formatFlag('text', 'json'))
          .addOption(
            new Option(
              '--json',
              'print one JSON object on each line during the run, as terraform apply -json does; --format json prints one at the end',
            ).conflicts('format'),
          )
          .option(
            '--json-into <file>',
            'write the lines of --json to a file, in addition to the printed output',
          )
          .option('--auto-approve', 'do not ask')
          .option(
            '--verify',
            'with a saved plan: plan again from the checked-out commit, and apply that plan if it does exactly the same; otherwise show the differences and apply nothing (exit 4)',
          )
          .option(
            '--follow',
            'continue until each VM is at the phase of its wave: take each step of the plan as soon as the service allows it, and nothing else',
          )
          .addOption(
            withoutEnvironmentVariable(
              new Option(
                '--timeout <span>',
                'with --follow: start nothing more after this time: 8h (default: no limit)',
              ).argParser(parseTimeSpan),
            ),
          )
          .addOption(
            withoutEnvironmentVariable(
              new Option(
                '--interval <span>',
                'with --follow: observe again after this time at least (default: 30s; 1s on the built-in endpoint)',
              ).argParser(parseTimeSpan),
            ),
          )
          .option('--report <file>', 'write the outcome as JSON to a file, however the run ends')
          .option(
            '--max-failures <count>',
            'start no more changes after this many failures',
            parsePositiveInteger,
          ),
      ),
    ),
    async () => (await import('./apply.ts')).apply,
  );

  runs(
    program
      .command('show')
      .description('show a saved plan, and whether it is stale')
      .argument('<plan>', 'a file of `landfall plan --out`')
      .addOption(formatFlag(...FORMAT_NAMES))
      .addOption(writeFlag())
      .addOption(maxBytesFlag('waves')),
    async () => (await import('./show.ts')).show,
  );
}

/** The flag that writes a result to files too, which refuses links where a shell's redirection follows them. */
export function writeFlag(): Option {
  return new Option(
    '--write <format=file>',
    'also write the result to a file, in one of the formats: markdown=plan.md; repeatable. It replaces the file, and never writes through a link in the repository',
  ).argParser(collect);
}

/** Flags that decide what a plan contains. */
function addPlanFlags(command: Command): Command {
  return addSelectionFlags(command)
    .option('--allow-empty', 'allow a plan that deletes all jobs of a target without manifests')
    .option(
      '--replace <address>',
      'delete the job of this VM and create it again; wave/name, repeatable',
      collect,
    )
    .option(
      '--confirm-finalize <wave>',
      'confirm that the cut-over of this wave works and may be finalized, which cannot be undone; repeatable',
      collect,
    )
    .option(
      '--confirm-revert <wave>',
      'confirm that tests or cut-overs of this wave are taken back, or instances of its tests end; repeatable',
      collect,
    )
    .option(
      '--confirm-cutover <wave>',
      'confirm that cut-overs of this wave that somebody has taken back are launched again; repeatable',
      collect,
    )
    .option(
      '--confirm-disconnect <wave>',
      'confirm that VMs that left this wave are disconnected, which ends their replication for good; repeatable',
      collect,
    )
    .option(
      '--confirm-change <wave>',
      'confirm that VMs of this wave are changed, moved or removed between their test and the end of their cut-over; repeatable',
      collect,
    )
    .option('--override-window <name>', 'this window does not hold; with --reason, repeatable', collect)
    .option('--override-policy <name>', 'this policy blocks nothing; with --reason, repeatable', collect)
    .option('--reason <text>', 'why windows or policies do not hold; it is in plan, comment and outcome')
    .option('--policies-from <revision>', 'the policies of this git revision, such as the base, hold too')
    .addOption(maxAttemptsFlag())
    .option(
      '--force <guard>',
      'override a guard against too many changes (deletes, updates, destroys), or replicate VMs after their 90 days, if AWS has extended them (lifetime); repeatable',
      collectOf(OVERRIDES),
    );
}

/** Registers the command that compares the manifests with the accounts. */
export function registerDriftCommand(program: Command, runs: RegisterCommand): void {
  runs(
    addSelectionFlags(
      program
        .command('drift')
        .description('show where the accounts differ from the manifests; changes nothing')
        .option('--ref <revision>', 'compare with the manifests of a git revision (default: those on disk)')
        .addOption(formatFlag(...DRIFT_FORMAT_NAMES))
        .addOption(writeFlag())
        .addOption(maxBytesFlag('waves')),
    ).addHelpText('after', DRIFT_HELP),
    async () => (await import('./drift.ts')).drift,
  );
}

const DRIFT_HELP = `
Exit codes: 0 no drift · 1 error · 2 drift

A VM that is new in the manifests and has no job yet is drift too, of the kind not-applied.
A VM that is past its wave's phase, or whose cut-over was taken back, is drift of the kind phase.
Caps, guards and what validation refuses play no part. For a nightly check: landfall drift --ref origin/main
`;

/** Registers the command that takes cut-overs back. */
export function registerRollbackCommand(program: Command, runs: RegisterCommand): void {
  runs(
    addLockFlags(
      program
        .command('rollback')
        .description('take the cut-overs of VMs back to phase ready, now and whatever the manifests say')
        .argument('<names...>', 'waves, VMs, servers or instances, by name or glob')
        .option('--keep-instances', 'do not terminate the instances of the cut-overs')
        .option('--target <name>', 'only this target; a name or a glob, repeatable', collect)
        .addOption(formatFlag('text', 'json'))
        .option('--auto-approve', 'do not ask'),
    ).addHelpText('after', ROLLBACK_HELP),
    async () => (await import('./rollback.ts')).rollback,
  );
}

const ROLLBACK_HELP = `
On AWS MGN, each VM that is cut over returns to READY_FOR_CUTOVER, and its instance is terminated. VMs that are not cut over
stay as they are; one that is finalized cannot be taken back. The source servers are not touched: start them again by hand.
The names on the command line are the confirmation: no --confirm-revert is needed, and guards.maxDestroys does not count.
With \`protect: true\` the cut-over is taken back and the instance is kept (exit 6).

Afterwards set \`phase: ready\` in the wave. A plan does not launch the cut-over again without --confirm-cutover.

Exit codes: 0 done, or nothing to take back · 1 error · 3 refused · 5 lock held · 6 in part · 7 only launches that are under way
`;

/** The command on locks themselves. */
export function registerLockCommands(program: Command, runs: RegisterCommand): void {
  runs(
    program
      .command('force-unlock')
      .description('remove the lock of a run that has died, after asking')
      .argument('<id>', 'the id of the lock, from the error LOCK_HELD')
      .option('--target <name>', 'the target (default: the project’s defaultTarget)')
      .option('--auto-approve', 'do not ask'),
    async () => (await import('./force-unlock.ts')).forceUnlock,
  );
}

/** The commands on pull and merge requests. */
export function registerPullRequestCommands(program: Command, runs: RegisterCommand): void {
  runs(
    program
      .command('comment')
      .description('post a Markdown plan on the pull or merge request, and update it')
      .option(
        '--file <file>',
        'output of --format markdown of plan, show, validate or drift; its marker identifies the comment',
      )
      .addOption(
        new Option('--platform <name>', 'the platform (default: that of the pipeline)').choices(PLATFORMS),
      )
      .addOption(
        new Option('--mode <mode>', 'edit the comment in place, or add a new one and hide the earlier ones')
          .choices(['update', 'new'])
          .default('update'),
      )
      .option(
        '--only-changes',
        'add no comment for a plan without changes, deferred changes and concerns; an earlier comment is updated',
      )
      .option(
        '--labels',
        'label the request with the kinds of change, such as landfall:create, and remove those that are no longer true',
      )
      .option(
        '--artifact-url <url>',
        'the page of the artifact with the saved plan, for a link in the comment',
      )
      .option(
        '--repo <repository>',
        'owner/name, group/name, project/name or workspace/name (default: the pipeline’s)',
      )
      .option('--number <number>', 'the request (default: the pipeline’s)', parsePositiveInteger)
      .option('--api-url <url>', 'the platform’s API (default: the pipeline’s)')
      .addOption(
        new Option('--if-missing <what>', 'what to do if the pipeline has no pull request')
          .choices(['error', 'skip'])
          .default('error'),
      )
      .addOption(formatFlag('text', 'json'))
      .addHelpText('after', COMMENT_HELP),
    async () => (await import('./comment.ts')).comment,
  );
}

const PLATFORMS = ['github', 'gitlab', 'azure', 'bitbucket'];

const COMMENT_HELP = `
The token comes from the environment alone: LANDFALL_PLATFORM_TOKEN, or else GITHUB_TOKEN or GH_TOKEN, GITLAB_TOKEN,
SYSTEM_ACCESSTOKEN (Azure DevOps) or BITBUCKET_TOKEN. A token with a colon is sent as user:password (Basic).
`;
