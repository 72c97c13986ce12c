import {
  ARCHIVE,
  END_TEST,
  FINALIZE,
  REVERT,
  START_CUTOVER,
  START_REPLICATION,
  START_TEST,
  TERMINATE,
} from './way.ts';

/** What the reader of a plan might not expect of a step, where the server stands as the facts say. */
export function effectsOf(
  step: string,
  { lifecycle, instance, archived }: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const inPlace = instance === undefined ? '' : ` in place of ${instance}`;
  const goes = instance === undefined ? '' : `, and ${instance} terminated next`;
  switch (step) {
    case START_REPLICATION:
      return ['replication begins anew: all disks are shipped again'];
    case START_TEST:
      return [`launches a test instance${inPlace}`];
    case END_TEST:
      return ['the test counts as passed'];
    case REVERT:
      return [`the ${lifecycle === 'CUTTING_OVER' ? 'cut-over is reverted' : 'test is ended'}${goes}`];
    case TERMINATE:
      return [`terminates ${instance ?? 'the instance'}`];
    case START_CUTOVER:
      return [
        `launches the cut-over instance${inPlace}`,
        'what changes on the source after its last snapshot is not in it',
      ];
    case FINALIZE:
      return [
        'replication ends for good, and what it has stored in AWS is deleted',
        `${instance ?? 'the cut-over instance'} stays`,
      ];
    case ARCHIVE:
      return archived === 'true'
        ? ['archives what is left: its application or wave']
        : ['the source server cannot be brought back from the archive'];
    default:
      return [];
  }
}
