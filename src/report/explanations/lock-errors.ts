import type { ErrorCode } from '../../core/error.ts';
import type { Explanation } from './explanation.ts';

const SOURCE = 'docs/locking.md';

/** Errors about runs beside one another, and about one that nobody has heard of again. */
export const LOCK_ERRORS = {
  LOCK_HELD: {
    means: 'Another run is changing this target just now, and holds its lock (exit code 5).',
    why: 'Two runs that compare and change at once see each other’s work half done: jobs would be created twice or deleted again. Nothing was done.',
    fix: [
      'Wait: `--lock-timeout 10m` does so, and goes on as soon as the lock is free.',
      'See who holds it and from where: the message says so.',
      'Only when that run is gone for good: `landfall force-unlock ID --target T`.',
    ],
    source: SOURCE,
    example: { language: 'sh', right: 'landfall apply --lock-timeout 10m' },
  },
  LOCK_LOST: {
    means: 'While a run was changing a target, its lock was removed or replaced (exit code 5).',
    why: 'Somebody used `force-unlock`, or deleted the lock. Another run may have begun. What was in flight has finished, and nothing more was started.',
    fix: [
      'Find out who removed the lock and whether another run is under way.',
      'Then apply again: a run goes on from what is there.',
    ],
    source: SOURCE,
    example: { language: 'sh', right: 'landfall apply --lock-timeout 10m' },
  },
  RUN_UNFINISHED: {
    means:
      'The report was begun when the run began, and the run has not come to its end: it goes on, or was killed.',
    why: 'Nobody could write down any more what was done: after `kill -9`, a second Ctrl-C, or a machine that went down. What was done stays done.',
    fix: [
      'See whether the run is still under way.',
      'If it is gone, apply again: a run compares what is there with what is wanted, and goes on from there.',
      'If the target has a lock in S3, the next run shows how to remove what was left behind.',
    ],
    source: SOURCE,
    example: { language: 'sh', right: 'landfall apply --report outcome.json' },
  },
  LOCK_NOT_HELD: {
    means: 'Nobody holds the lock that was to be removed.',
    why: 'The run has released it meanwhile, or the lock is that of another target. Nothing was done.',
    fix: ['Run the command again that was refused.', 'Name the target with `--target`.'],
    source: SOURCE,
    example: { language: 'sh', right: 'landfall force-unlock ID --target production' },
  },
  LOCK_OTHER: {
    means: 'The lock is there under another id than the one that was to be removed.',
    why: 'The run that was meant has ended, and another one holds the lock now: removing it would let two runs change the target at once. Nothing was done.',
    fix: ['Look at who holds it: the message says so.', 'Wait for that run with `--lock-timeout`.'],
    source: SOURCE,
    example: { language: 'sh', right: 'landfall apply --lock-timeout 10m' },
  },
  LOCK_UNSUPPORTED: {
    means:
      'The store of the lock does not keep to `If-None-Match: *`, by which only one of two writers succeeds.',
    why: 'A lock in such a store locks nothing: two runs would both believe that they hold it. Nothing was done.',
    fix: [
      'Put the lock into AWS S3, or a store with conditional writes.',
      'Let the pipeline see to it that only one job applies at a time, and give `--no-lock`.',
    ],
    source: SOURCE,
    example: {
      language: 'yaml',
      right: 'lock: s3://ucop-migration/locks/production.json',
    },
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>;
