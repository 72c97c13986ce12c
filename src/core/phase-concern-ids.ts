/** How bad a concern is, what it means in one line, and the document that its rule comes from. */
export interface ConcernRow {
  readonly severity: 'error' | 'critical' | 'warning';
  readonly summary: string;
  readonly source?: string;
}

/** The concerns about the way of a VM through its phases, and about its launch: docs/lifecycle.md has the rules of phases. */
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
  'phase.actions-failed': {
    severity: 'critical',
    summary:
      'post-launch actions that must succeed have failed: a test does not pass, a cut-over is not finalized',
    source: 'AWS MGN User Guide, “Post-launch settings”',
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
  // Order and time: docs/schedule.md
  'after.circle': { severity: 'error', summary: 'VMs of a wave wait for each other' },
  'after.together': {
    severity: 'error',
    summary: 'a VM waits for another one, and its wave starts all cut-overs together',
  },
  'after.unknown': {
    severity: 'error',
    summary: 'a VM waits for a name that fits no VM of its wave, or two',
  },
  'dependency.circle': { severity: 'error', summary: 'waves wait for each other' },
  'dependency.phase': {
    severity: 'error',
    summary: 'a wave waits for a phase that the service of the other wave does not have',
  },
  'dependency.early': {
    severity: 'warning',
    summary: 'a wave waits for a phase of another wave that git does not set there',
  },
  'dependency.later': {
    severity: 'warning',
    summary: 'a wave is to be cut over before the cut-over of a wave that it waits for begins',
  },
  'dependency.unknown': { severity: 'error', summary: 'a wave waits for a wave that does not exist' },
  'time-zone.unknown': { severity: 'error', summary: 'a time zone is not in the IANA database' },
  'window.duplicate': { severity: 'error', summary: 'two windows have the same name' },
  'window.schedule': { severity: 'error', summary: 'the schedule of a window is no cron with five fields' },
  'window.never-opens': {
    severity: 'warning',
    summary: 'a window never opens: no date fits its schedule, or other windows deny all of it',
  },
  'window.no-wave': { severity: 'warning', summary: 'a window is about no wave' },
  'cutover.time': {
    severity: 'error',
    summary: 'the time of a cut-over does not exist, or exists twice in its time zone',
  },
  'cutover.past': {
    severity: 'warning',
    summary: 'the time of a cut-over is over, and its wave has an earlier phase',
  },
  'cutover.denied': {
    severity: 'warning',
    summary: 'a window denies a cut-over at its time, or none of those that allow it is open',
  },
  // What a forecast shows
  'cap.too-small': {
    severity: 'warning',
    summary: 'a cap makes waves late for their cut-over, or keeps VMs from ever starting',
  },
  'job.expires-before-cutover': {
    severity: 'warning',
    summary: 'AWS ends the replication of VMs after 90 days, before they are cut over',
    source: 'AWS SMS User Guide, “Limits”',
  },
  'stale.recovery-point': {
    severity: 'warning',
    summary: 'the data that a cut-over uses will be more than a day old',
  },
  'window.unreachable': {
    severity: 'warning',
    summary: 'a wave will not be ready when the time of its cut-over comes',
  },
  // What EC2 would refuse at the launch of an instance
  'launch.action': {
    severity: 'critical',
    summary: 'a post-launch action has an order or an id twice, cannot succeed, or is for another system',
    source: 'AWS MGN API Reference, PutSourceServerAction',
  },
  'launch.action-off': {
    severity: 'warning',
    summary: 'post-launch actions have no deployment, so they may never run',
    source: 'AWS MGN API Reference, PostLaunchActions',
  },
  'launch.address': {
    severity: 'critical',
    summary: 'a private address of a launch template is wrong, used twice, or copied from the source too',
    source: 'AWS MGN User Guide, “Launch template key considerations”',
  },
  'launch.capacity-reservation': {
    severity: 'critical',
    summary: 'a launch template names a capacity reservation in more than one way',
    source: 'Amazon EC2 API Reference, “LaunchTemplateCapacityReservationSpecificationRequest”',
  },
  'launch.instance-type': {
    severity: 'critical',
    summary: 'a launch template has an instance type, and right-sizing replaces it',
    source: 'AWS MGN User Guide, “Launch template key considerations”',
  },
  'launch.stopped': {
    severity: 'warning',
    summary: 'instances are launched in a stopped state, and the wave waits for one that runs',
    source: 'AWS MGN User Guide, “Launch settings”',
  },
  'launch.ssm-agent': {
    severity: 'warning',
    summary: 'post-launch actions are for a VM whose system cannot have the agent that runs them',
    source: 'AWS MGN User Guide, “Post-launch settings”',
  },
  'launch.subnet': {
    severity: 'critical',
    summary: 'the subnet of a launch does not exist, or does not have the private address',
    source: 'Amazon VPC User Guide, “Subnet CIDR blocks”',
  },
  'launch.tags': {
    severity: 'critical',
    summary: 'a launch template has tags of the service, or more than 50',
    source: 'AWS MGN User Guide, “EC2 launch template settings”',
  },
  'launch.tenancy': {
    severity: 'critical',
    summary: 'a launch template has a host, or a Windows licence of your own, without the tenancy host',
    source: 'domain: rules of MGN',
  },
  'launch.unadvised': {
    severity: 'warning',
    summary: 'a launch template has a field that AWS advises to leave out',
    source: 'AWS MGN User Guide, “EC2 launch template settings”',
  },
  'launch.volume': {
    severity: 'critical',
    summary: 'a volume of a launch template has IOPS, a throughput or a key that its type does not allow',
    source: 'Amazon EBS User Guide, “Volume types”',
  },
} as const satisfies Readonly<Record<string, ConcernRow>>;

/** The concerns of `landfall merge` about the plans of runners. */
export const RUNNER_CONCERNS = {
  'target.missing': {
    severity: 'critical',
    summary: 'the plan of a target is missing: its runner may have failed',
  },
  'plan.unreadable': {
    severity: 'critical',
    summary: 'a plan file is damaged or incomplete: it is not merged',
  },
  'plan.twice': {
    severity: 'critical',
    summary: 'two plans are of one target: only the later one is merged',
  },
  'plan.other-project': { severity: 'critical', summary: 'a plan is of another project: it is not merged' },
  'plan.other-commit': { severity: 'critical', summary: 'a plan was made from another commit than expected' },
  'plan.partial': {
    severity: 'critical',
    summary: 'a plan is of some waves or VMs of its target only: the others are not in the merged plan',
  },
  'plan.other-version': { severity: 'warning', summary: 'a plan was made by another version of landfall' },
} as const satisfies Readonly<Record<string, ConcernRow>>;
