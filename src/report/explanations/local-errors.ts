import type { ErrorCode } from '../../core/error.ts';
import type { Explanation } from './explanation.ts';
import { LOCAL_SPEC } from './sources.ts';

/** Errors of the built-in endpoint. */
export const LOCAL_ERRORS = {
  LOCAL_HELD: {
    means: 'Another process on this machine is using the state of the built-in endpoint.',
    why: 'Two of them would overwrite each other’s jobs. Nothing was done.',
    fix: [
      'Wait until the other run has ended; the message names its process.',
      'If `landfall local start` serves it in another terminal, stop that with Ctrl-C.',
    ],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'ps -p 4711' },
  },
  LOCAL_BROKEN_STATE: {
    means: 'The built-in endpoint cannot read what it has kept in `.landfall/local`.',
    why: 'The files were edited, cut short, or come from a version that this one does not know. It holds trial jobs only, none of AWS.',
    fix: ['Drop its state and begin afresh.'],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local reset' },
  },
  LOCAL_BAD_INVENTORY: {
    means: 'The file is not the vInfo tab of an RVTools export as CSV, or a line of it cannot be read.',
    why: 'Nothing of it was loaded: half a data centre would mislead more than none.',
    fix: [
      'Export the vInfo tab as CSV with its header line.',
      'See the line that the message names: often a quote is not closed, or a spreadsheet has changed the separators.',
    ],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local load RVTools_tabvInfo.csv' },
  },
  LOCAL_BAD_FAULTS: {
    means: 'The file of `--faults` says something that the built-in endpoint does not know.',
    why: 'A fault that does not happen would make a rehearsal look better than it was. The endpoint did not start.',
    fix: ['Correct the place that the message names; src/local/SPEC.md lists the faults.'],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local start --faults faults.yaml' },
  },
  LOCAL_BAD_TIME: {
    means: 'The clock of the built-in endpoint cannot be moved like this.',
    why: 'Its time only goes forward, and only so far as there are dates. It stands where it stood.',
    fix: [
      'Give a span forward, with its unit: 90s, 30m, 12h, 7d.',
      'To go back, begin afresh with `landfall local reset`.',
    ],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local advance 12h' },
  },
  LOCAL_NOT_RUNNING: {
    means: 'Faults were to be set on a built-in endpoint that is running, and none is.',
    why: 'It was stopped, or ended without a word. Nothing was done.',
    fix: ['Start one that keeps running, in another terminal.'],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local start' },
  },
  LOCAL_PORT_TAKEN: {
    means: 'Another program listens on the port that the built-in endpoint should take.',
    why: 'It did not start.',
    fix: ['Choose another port, or leave `--port` out and take a free one.'],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local start --port 0' },
  },
  LOCAL_UNWRITABLE: {
    means: 'The built-in endpoint cannot write to `.landfall/local` beside the project file.',
    why: 'Its jobs would be forgotten at once. Nothing was done.',
    fix: ['See the permissions of the folder, and how much room is left: `df -h .`'],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'ls -ld .landfall\ndf -h .' },
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>;
