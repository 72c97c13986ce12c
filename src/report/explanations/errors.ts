import type { ErrorCode } from '../../core/error.ts';
import { COMMAND_REFERENCE, type Explanation, PROJECT_REFERENCE } from './explanation.ts';
import { LOCAL_ERRORS, LOCK_ERRORS, PLATFORM_ERRORS } from './local-errors.ts';
import { SERVICE_ERRORS } from './service-errors.ts';

/** Errors about the command line, the project and its files. */
const USER_ERRORS = {
  USAGE: {
    means:
      'The command line does not make sense: flags that exclude each other, or a value that a flag does not take.',
    why: 'Nothing was done. landfall does not guess what a command was meant to change.',
    fix: ['Do what the message says.', 'See the flags of a command with `landfall help COMMAND`.'],
    source: COMMAND_REFERENCE,
    example: { language: 'sh', right: 'landfall help apply' },
  },
  PROJECT_NOT_FOUND: {
    means: 'There is no landfall.yaml here, nor in a folder above, nor where `--project` says.',
    why: 'Without a project landfall does not know which jobs are its own. Nothing was done.',
    fix: [
      'Go to the folder of your project, or name its file with `--project FILE`.',
      'In a pipeline, see that the repository is checked out, and in which folder the job runs.',
      'Begin a new project with `landfall init`.',
    ],
    source: PROJECT_REFERENCE,
    example: { language: 'sh', right: 'landfall plan --project datacenter/landfall.yaml' },
  },
  TARGET_UNKNOWN: {
    means: 'No target of the project has this name, nor fits this glob.',
    why: 'A misspelt target must not read as “no changes”. Nothing was done.',
    fix: [
      'Take a name from `targets` in the project file.',
      'Put globs in quotes, so that the shell leaves them alone.',
    ],
    source: PROJECT_REFERENCE,
    example: { language: 'sh', right: "landfall plan --target 'prod*'" },
  },
  WAVE_UNKNOWN: {
    means: 'No wave has this name, nor fits this glob: neither in the manifests nor on a job of the project.',
    why: 'A misspelt wave must not read as “no changes”. Nothing was done.',
    fix: [
      'A wave’s name is its `metadata.name`, not the name of its file.',
      'See the waves with `landfall status`.',
    ],
    source: COMMAND_REFERENCE,
    example: { language: 'sh', right: "landfall plan --wave sdsc-01 --wave 'opdc-*'" },
  },
  VM_UNKNOWN: {
    means: 'No VM, server or job has this name, nor fits this glob; or the VM has no replication job yet.',
    why: 'A misspelt VM must not read as “nothing to do”. Nothing was done.',
    fix: [
      'Name it as `landfall status` does: `name`, or `wave/name`.',
      'If it has no job yet, an apply creates it.',
      'To find a VM that is in no manifest: `landfall catalog list --vm GLOB`.',
    ],
    source: COMMAND_REFERENCE,
    example: { language: 'sh', right: 'landfall status\nlandfall runs sdsc-01/awsscrum-lnx1' },
  },
  VM_AMBIGUOUS: {
    means: 'The name fits several VMs or jobs, and this command is about one.',
    why: 'landfall does not choose. Nothing was done.',
    fix: ['Give the address, `wave/name`, or the id of the job.'],
    source: COMMAND_REFERENCE,
    example: { language: 'sh', right: 'landfall runs sdsc-01/app-01' },
  },
  CONNECTOR_UNKNOWN: {
    means: 'The target has no connector with this id.',
    why: 'Nothing was done. The connector may be one of another region, or disassociated already.',
    fix: ['Take the id from `landfall connectors list`.', 'Look at the right target with `--target`.'],
    source: 'AWS SMS API Reference, GetConnectors',
    example: { language: 'sh', right: 'landfall connectors list --target production' },
  },
  APPROVAL_NEEDED: {
    means: 'The command would change something, and nobody is at a terminal to say yes.',
    why: 'Nothing was changed. A pipeline must say that it means to.',
    fix: [
      'In a pipeline, add `--auto-approve`, or set LANDFALL_AUTO_APPROVE=true.',
      'Better still, apply a plan that was reviewed: a saved plan needs no approval.',
    ],
    source: COMMAND_REFERENCE,
    example: { language: 'sh', right: 'landfall plan --out wave.plan\nlandfall apply wave.plan' },
  },
  FILE_UNREADABLE: {
    means: 'A file that the command line names cannot be read.',
    why: 'Nothing was done.',
    fix: ['See that the path is right from where the command runs, and that you may read it.'],
    source: 'the operating system; its own word, such as ENOENT or EACCES, is in the message',
    example: { language: 'sh', right: 'ls -l wave.plan' },
  },
  FILE_UNWRITABLE: {
    means: 'A file cannot be written: its folder is missing or read-only, or the disk is full.',
    why: 'What was to be kept is not. A report is tried before anything is changed, so that no run goes unreported.',
    fix: [
      'Name a file in a folder that is there and may be written.',
      'See how much room is left: `df -h .`',
    ],
    source: 'the operating system; its own word, such as ENOENT or ENOSPC, is in the message',
    example: { language: 'sh', right: 'mkdir -p out && landfall plan --out out/wave.plan' },
  },
  FILE_EXISTS: {
    means: 'A file that landfall would write is there already.',
    why: 'Files that somebody may have edited are never overwritten unasked.',
    fix: [
      'Write somewhere else and compare.',
      'If it is out of date, delete it first, or see the flags of the command.',
    ],
    source: COMMAND_REFERENCE,
    example: { language: 'sh', right: 'git status --short' },
  },
  INVENTORY_INVALID: {
    means: 'An inventory that waves are to be made from cannot be understood.',
    why: 'Waves made from half of an inventory would leave VMs behind. Nothing was written.',
    fix: [
      'Export the vInfo tab of RVTools as CSV, with its header, and change nothing in it.',
      'Look at the line that the message names.',
    ],
    source: 'the columns of an RVTools vInfo export',
    example: { language: 'sh', right: 'head -2 RVTools_tabvInfo.csv' },
  },
  MANIFESTS_INVALID: {
    means: 'The project file or a wave file has errors, so there is nothing to plan from.',
    why: 'A plan from half of the manifests would delete the jobs of the other half. Nothing was done.',
    fix: [
      'See all errors with their places: `landfall validate`.',
      'Each has an id: `landfall explain ID` tells more.',
    ],
    source: 'docs/concerns.md',
    example: { language: 'sh', right: 'landfall validate\nlandfall explain schema.unknown-key' },
  },
  GIT_FAILED: {
    means: 'git, which this command asks about the repository, is missing or has failed.',
    why: 'landfall cannot tell what changed between two revisions. Nothing was done.',
    fix: [
      'See that git is installed, and that the project lies in a repository.',
      'In a container that runs as another user, git may refuse the folder: its own words say how to allow it.',
    ],
    source: 'git; its own words are in the message',
    example: { language: 'sh', right: 'git status' },
  },
  REVISION_UNKNOWN: {
    means: 'git knows no revision by this name.',
    why: 'There is nothing to compare with. Nothing was done.',
    fix: [
      'See that the branch, tag or commit is spelled right.',
      'Pipelines often fetch one commit only: fetch the branch that is compared with, too.',
    ],
    source: 'git; a checkout of depth 1 holds no other commits',
    example: { language: 'sh', right: 'git fetch origin main\ngit rev-parse origin/main' },
  },
  PLAN_FILE_INVALID: {
    means:
      'The file is not a saved plan, was cut short, was edited after it was saved, or comes from a version that this one cannot read.',
    why: 'What was reviewed is what runs. A file whose digest does not fit is not what was reviewed. Nothing was done.',
    fix: ['Save a plan anew with `landfall plan --out FILE`.', 'To change a plan, change the wave files.'],
    source: 'docs/decisions/0009-what-makes-a-saved-plan-stale.md',
    example: { language: 'sh', right: 'landfall plan --out wave.plan' },
  },
  PLAN_STALE: {
    means: 'Something that the saved plan touches has changed since it was saved (exit code 4).',
    why: 'The plan that was reviewed no longer says what would happen. Nothing was done.',
    fix: ['See what has changed: `landfall show FILE`.', 'Plan again, and review what is new.'],
    source: 'docs/decisions/0009-what-makes-a-saved-plan-stale.md',
    example: { language: 'sh', right: 'landfall show wave.plan\nlandfall plan --out wave.plan' },
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>;

/** An explanation of each error: a code without one does not compile. */
export const ERROR_EXPLANATIONS: Readonly<Record<ErrorCode, Explanation>> = {
  ...USER_ERRORS,
  ...SERVICE_ERRORS,
  ...PLATFORM_ERRORS,
  ...LOCAL_ERRORS,
  ...LOCK_ERRORS,
};
