/** How bad a concern is, what it means in one line, and the document that its rule comes from. */
export interface ConcernRow {
  readonly severity: 'error' | 'critical' | 'warning';
  readonly summary: string;
  readonly source?: string;
}

/** The concerns about the way of a VM through its phases: docs/lifecycle.md has the rules. */
export const PHASE_CONCERNS = {
  'phase.unconfirmed': {
    severity: 'critical',
    summary: 'a step that cannot be undone is not confirmed with --confirm-finalize',
  },
  'phase.revert-unconfirmed': { severity: 'critical', summary: 'a cut-over would be reverted, unconfirmed' },
  'phase.reverted': {
    severity: 'critical',
    summary: 'a cut-over that somebody has taken back would be launched again, unconfirmed',
  },
  'phase.change-unconfirmed': {
    severity: 'critical',
    summary:
      'a VM would be changed, moved or removed between its test and the end of its cut-over, unconfirmed',
  },
  'phase.below': {
    severity: 'critical',
    summary: 'a VM is adopted, or moves to a wave, whose phase is before the one that it is in',
  },
  'phase.launch-attempts': {
    severity: 'critical',
    summary: 'the launch of an instance has failed too often to be tried again',
  },
  'phase.not-back': {
    severity: 'critical',
    summary: 'a wave has an earlier phase, to which its VM cannot return',
  },
  'phase.disconnected': {
    severity: 'critical',
    summary:
      'a VM was disconnected from the service before its cut-over was finalized: it cannot reach a later phase',
  },
  'phase.never-replicated': {
    severity: 'critical',
    summary: 'a wave has the phase finalize, and one of its VMs never had a replication job',
  },
  'phase.lost': {
    severity: 'critical',
    summary: 'a wave has the phase cutover or finalize, and the job of its VM is gone without a cut-over',
  },
  'phase.not-proven': {
    severity: 'critical',
    summary: 'a VM had a job that the service no longer lists: a cut-over cannot be proven',
  },
  'phase.ended': {
    severity: 'critical',
    summary: 'the 90 days of a VM are over: it can be neither cut over nor replicated again',
    source: 'domain: rules of SMS',
  },
  'phase.stopped': {
    severity: 'critical',
    summary: 'a wave has the phase cutover or finalize, and the job of its VM is paused or has failed',
  },
  'phase.run-failed': {
    severity: 'warning',
    summary: 'the last replication of a cut-over has failed, and is started again',
  },
  'phase.launch-failed': {
    severity: 'warning',
    summary: 'the launch of a test or cut-over instance has failed, and is started again',
  },
} as const satisfies Readonly<Record<string, ConcernRow>>;
