import type { ConcernId } from '../../core/concern-ids.ts';
import type { Explanation } from './explanation.ts';

const GUARDS = 'docs/decisions/0007-guards-refuse-the-whole-run.md';

/** Concerns about changes that are held back or refused, lest a mistake becomes large. */
export const GUARD_CONCERNS = {
  'delete.unresolved': {
    means:
      'Jobs are in no manifest any more, and at the same time some VM cannot be matched to a server for certain.',
    why: 'The job that would go may be that VM’s: after a renaming, landfall would delete its history.',
    fix: [
      'First mend the VMs that the message names: see `vm.unknown`, `vm.ambiguous` and `vm.same-server`.',
      'The next plan deletes what is still in no manifest.',
    ],
    source: 'a rule of landfall: no delete while it is not certain whose job it is',
    example: { language: 'sh', right: 'landfall explain vm.unknown' },
  },
  'replace.not-possible': {
    means: 'The job of this VM would be replaced, and the service of its target has no such thing.',
    why: 'On AWS MGN a VM has one source server, which cannot be deleted and made anew like a job: every setting changes in place.',
    fix: [
      'Take `--replace` off the command line: settings that differ are changed in place.',
      'To replicate from the beginning, take the VM out of the wave with `prune: disconnect` on the target, apply, and put it back once the service has discovered it anew.',
    ],
    source: 'AWS MGN API Reference: no call replaces a source server',
    example: { language: 'sh', right: 'landfall apply' },
  },
  'protect.refused': {
    means: 'A job would be deleted or replaced, and its VM or wave says `protect: true`.',
    why: 'Somebody has said that this job must stay: its history cannot be had back.',
    fix: [
      'Undo what asks for it: put the VM back, or the setting that forces a replacement.',
      'If it is meant, take `protect` off in a commit of its own, apply, and put it back. For a VM that is already out of the manifest, only the wave can say so.',
    ],
    source: 'docs/decisions/0008-a-wave-protects-what-it-lost.md',
    example: {
      language: 'yaml',
      right: '- name: db-01\n  protect: false # for the replacement of 1 December',
    },
  },
  'guard.max-deletes': {
    means:
      'The run would delete or replace a larger part of the target’s managed jobs than `guards.maxDeletes` allows: 30 % unless the target says otherwise.',
    why: 'A glob that fits nothing, or a renamed folder, looks like a wish to delete everything. Of the whole run on this target, nothing is carried out. Targets with fewer than ten managed jobs are not guarded.',
    fix: [
      'Read the list of deletes in the plan. Is a wave missing that should be there?',
      'If all of it is meant, say so for this run: `--force=deletes`.',
      'If such runs are usual here, raise `guards.maxDeletes` of the target.',
    ],
    source: GUARDS,
    example: { language: 'sh', right: 'landfall plan --verbose\nlandfall apply --force=deletes' },
  },
  'guard.max-updates': {
    means:
      'The run would update a larger part of the target’s managed jobs than `guards.maxUpdates` allows: 30 % unless the target says otherwise.',
    why: 'An edit of the defaults that meant one wave can change hundreds of schedules. Of the whole run on this target, nothing is carried out. Targets with fewer than ten managed jobs are not guarded.',
    fix: [
      'Read the list of updates in the plan. Are they what the edit meant?',
      'Go wave by wave with `--wave`, as long as each stays below the limit.',
      'If all of it is meant, say so for this run: `--force=updates`.',
    ],
    source: GUARDS,
    example: { language: 'sh', right: 'landfall plan --wave sdsc-01\nlandfall apply --force=updates' },
  },
  'guard.allow-empty': {
    means: 'No manifest has a VM for this target any more, and all of its jobs would be deleted.',
    why: 'That is the end of a migration, or a pipeline that checked out the wrong folder.',
    fix: [
      'See that the wave files are there, and that `waves` and `target` in them say what you think.',
      'If the migration is over, run with `--allow-empty`. AMIs stay.',
    ],
    source: GUARDS,
    example: { language: 'sh', right: 'landfall plan --allow-empty' },
  },
} as const satisfies Partial<Record<ConcernId, Explanation>>;
