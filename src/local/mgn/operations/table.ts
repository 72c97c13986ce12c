import {
  getLaunchConfiguration,
  getReplicationConfiguration,
  updateLaunchConfiguration,
  updateReplicationConfiguration,
} from './configurations.ts';
import { changeServerLifeCycleState, doWith, updateSourceServerReplicationType } from './deeds.ts';
import type { MgnDesk } from './desk.ts';
import { archiveGroup, createGroup, deleteGroup, listGroups, unarchiveGroup, updateGroup } from './groups.ts';
import { deleteJob, describeJobLogItems, describeJobs } from './jobs.ts';
import { startJob } from './launches.ts';
import {
  associateApplications,
  associateSourceServers,
  disassociateApplications,
  disassociateSourceServers,
} from './membership.ts';
import { describeSourceServers, describeVcenterClients } from './servers.ts';
import { listTagsForResource, tagResource, untagResource } from './tags.ts';
import { createTemplate, deleteTemplate, describeTemplates, updateTemplate } from './templates.ts';

/** Takes the input of a request, returns the body of the answer. Throws a ServiceError. */
type Operation = (desk: MgnDesk, input: object) => object;

/** An input has the operation's form once requests.json has been enforced: nothing else makes one. */
const of = (run: (desk: MgnDesk, input: never) => object): Operation => run as Operation;

/** The same for what comes in kinds. */
const kind =
  <K>(which: K, run: (which: K, desk: MgnDesk, input: never) => object): Operation =>
  (desk, input) =>
    run(which, desk, input as never);

/** Every operation but InitializeService, which alone makes an MgnDesk of its own. */
export const MGN_OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    ArchiveApplication: kind('application', archiveGroup),
    ArchiveWave: kind('wave', archiveGroup),
    AssociateApplications: of(associateApplications),
    AssociateSourceServers: of(associateSourceServers),
    ChangeServerLifeCycleState: of(changeServerLifeCycleState),
    CreateApplication: kind('application', createGroup),
    CreateLaunchConfigurationTemplate: kind('launch', createTemplate),
    CreateReplicationConfigurationTemplate: kind('replication', createTemplate),
    CreateWave: kind('wave', createGroup),
    DeleteApplication: kind('application', deleteGroup),
    DeleteJob: of(deleteJob),
    DeleteLaunchConfigurationTemplate: kind('launch', deleteTemplate),
    DeleteReplicationConfigurationTemplate: kind('replication', deleteTemplate),
    DeleteSourceServer: kind('delete', doWith),
    DeleteWave: kind('wave', deleteGroup),
    DescribeJobLogItems: of(describeJobLogItems),
    DescribeJobs: of(describeJobs),
    DescribeLaunchConfigurationTemplates: kind('launch', describeTemplates),
    DescribeReplicationConfigurationTemplates: kind('replication', describeTemplates),
    DescribeSourceServers: of(describeSourceServers),
    DescribeVcenterClients: of(describeVcenterClients),
    DisassociateApplications: of(disassociateApplications),
    DisassociateSourceServers: of(disassociateSourceServers),
    DisconnectFromService: kind('disconnect', doWith),
    FinalizeCutover: kind('finalize', doWith),
    GetLaunchConfiguration: of(getLaunchConfiguration),
    GetReplicationConfiguration: of(getReplicationConfiguration),
    ListApplications: kind('application', listGroups),
    ListTagsForResource: of(listTagsForResource),
    ListWaves: kind('wave', listGroups),
    MarkAsArchived: kind('archive', doWith),
    PauseReplication: kind('pause', doWith),
    ResumeReplication: kind('resume', doWith),
    RetryDataReplication: kind('retry', doWith),
    StartCutover: kind('START_CUTOVER', startJob),
    StartReplication: kind('start', doWith),
    StartTest: kind('START_TEST', startJob),
    StopReplication: kind('stop', doWith),
    TagResource: of(tagResource),
    TerminateTargetInstances: kind('TERMINATE', startJob),
    UnarchiveApplication: kind('application', unarchiveGroup),
    UnarchiveWave: kind('wave', unarchiveGroup),
    UntagResource: of(untagResource),
    UpdateApplication: kind('application', updateGroup),
    UpdateLaunchConfiguration: of(updateLaunchConfiguration),
    UpdateLaunchConfigurationTemplate: kind('launch', updateTemplate),
    UpdateReplicationConfiguration: of(updateReplicationConfiguration),
    UpdateReplicationConfigurationTemplate: kind('replication', updateTemplate),
    UpdateSourceServerReplicationType: of(updateSourceServerReplicationType),
    UpdateWave: kind('wave', updateGroup),
  }),
);
