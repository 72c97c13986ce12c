import { LandfallError } from '../core/error.ts';
import type { Operations } from '../core/operations.ts';

/** Commands that are about AWS SMS alone. */
type Asked = 'run' | 'runs' | 'catalog import' | 'catalog delete' | 'connectors disassociate';

/** What AWS MGN has in place of what a command asks of AWS SMS. */
const INSTEAD: Readonly<Record<Asked, { readonly why: string; readonly remedy: string }>> = {
  run: {
    why: 'AWS MGN replicates all the time: there are no runs to start',
    remedy:
      '`landfall status` shows how far replication is; `phase: cutover` of a wave launches what there is',
  },
  runs: {
    why: 'AWS MGN replicates all the time: there are no runs to show',
    remedy: '`landfall status` shows how far replication is',
  },
  'catalog import': {
    why: 'AWS MGN has no catalogue to import: its vCenter client finds VMs by itself',
    remedy: '`landfall catalog list` shows those that it has found',
  },
  'catalog delete': {
    why: 'AWS MGN has no catalogue to delete: source servers are what there is',
    remedy: 'delete those that are not to migrate in the console of AWS MGN',
  },
  'connectors disassociate': {
    why: 'AWS MGN has vCenter clients in place of connectors, and replication ends with them',
    remedy: 'take a client away with `aws mgn delete-vcenter-client`, once nothing replicates through it',
  },
};

/**
 * What a target's service does beside plans.
 * @throws LandfallError NOT_SUPPORTED where it does not
 */
export function supported(operations: Operations | undefined, target: string, asked: Asked): Operations {
  if (operations !== undefined) return operations;
  const { why, remedy } = INSTEAD[asked];
  throw new LandfallError(
    'NOT_SUPPORTED',
    `\`landfall ${asked}\` has nothing to do on target ${target}: ${why}`,
    { remedy },
  );
}
