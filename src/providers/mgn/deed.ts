import type { SourceServer } from '@aws-sdk/client-mgn';
import { LandfallError } from '../../core/error.ts';
import type { Owner } from '../../core/observed.ts';
import type { Batches } from './batches.ts';
import type { MgnContext } from './context.ts';
import type { Groups } from './groups.ts';
import type { Looks } from './look.ts';
import { projectOf } from './marker.ts';

/** What creates, updates and deletes work with: what they share over a run. */
export interface Deeds extends MgnContext {
  readonly groups: Groups;
  readonly batches: Batches;
  readonly looks: Looks;
}

/** The ARN under which a server has its tags. */
export function arnOf({ arn, sourceServerID }: SourceServer): string {
  if (arn !== undefined) return arn;
  throw new LandfallError(
    'SERVICE_ERROR',
    `the service gave no ARN for source server ${sourceServerID ?? ''}`,
    {
      source: 'service',
      remedy: 'run again; if it stays so, the endpoint is at fault',
    },
  );
}

/** Who a server belongs to in words. */
export function whose({ tags }: SourceServer): string {
  const project = projectOf(tags);
  return project === undefined ? 'nobody' : `project "${project}"`;
}

export function isOurs({ tags }: SourceServer, { project }: Owner): boolean {
  return projectOf(tags) === project;
}

export function goneMeanwhile(id: string): LandfallError {
  return new LandfallError('SERVICE_ERROR', `there is no source server ${id} any more`, {
    source: 'service',
    remedy: 'plan again: the VM may have been discovered anew under another id',
  });
}

export function takenMeanwhile(server: SourceServer, what: string): LandfallError {
  const { sourceServerID = '' } = server;
  return new LandfallError('SERVICE_ERROR', `source server ${sourceServerID} ${what}`, {
    source: 'service',
    remedy: 'plan again, and see who did it',
  });
}
