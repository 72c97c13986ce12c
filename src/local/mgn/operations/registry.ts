import {
  getLaunchConfiguration,
  getReplicationConfiguration,
  updateLaunchConfiguration,
  updateReplicationConfiguration,
} from './configurations.ts';
import {
  createConnector,
  deleteConnector,
  listConnectors,
  listManagedAccounts,
  updateConnector,
  updateSourceServer,
} from './connectors.ts';
import type { MgnOperationContext } from './context.ts';
import { archiveGroup, createGroup, deleteGroup, listGroups, unarchiveGroup, updateGroup } from './groups.ts';
import { deleteJob, describeJobLogItems, describeJobs, startLaunchJob } from './jobs.ts';
import {
  associateApplications,
  associateSourceServers,
  disassociateApplications,
  disassociateSourceServers,
} from './membership.ts';
import {
  changeServerLifeCycleState,
  runServerAction,
  updateSourceServerReplicationType,
} from './server-actions.ts';
import { listActions, putAction, removeAction } from './post-launch.ts';
import { deleteVcenterClient, describeSourceServers, describeVcenterClients } from './servers.ts';
import { listTagsForResource, tagResource, untagResource } from './tags.ts';
import { createTemplate, deleteTemplate, describeTemplates, updateTemplate } from './templates.ts';

/** Takes the input of a request, and returns the body of the answer. Throws a ServiceError. */
export type Operation = (context: MgnOperationContext, input: object) => object;

/** Declares an operation. Its input was checked against requests.json. */
const typed = (run: (context: MgnOperationContext, input: never) => object): Operation => run as Operation;

/** Declares an operation on one kind of resource. */
const forKind =
  <K>(which: K, run: (which: K, context: MgnOperationContext, input: never) => object): Operation =>
  (context, input) =>
    run(which, context, input as never);

/** All operations but InitializeService, which works before MGN has a state, and those of transfers.ts. */
export const MGN_OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    ArchiveApplication: forKind('application', archiveGroup),
    ArchiveWave: forKind('wave', archiveGroup),
    AssociateApplications: typed(associateApplications),
    AssociateSourceServers: typed(associateSourceServers),
    ChangeServerLifeCycleState: typed(changeServerLifeCycleState),
    CreateApplication: forKind('application', createGroup),
    CreateConnector: typed(createConnector),
    CreateLaunchConfigurationTemplate: forKind('launch', createTemplate),
    CreateReplicationConfigurationTemplate: forKind('replication', createTemplate),
    CreateWave: forKind('wave', createGroup),
    DeleteApplication: forKind('application', deleteGroup),
    DeleteConnector: typed(deleteConnector),
    DeleteJob: typed(deleteJob),
    DeleteLaunchConfigurationTemplate: forKind('launch', deleteTemplate),
    DeleteReplicationConfigurationTemplate: forKind('replication', deleteTemplate),
    DeleteSourceServer: forKind('delete', runServerAction),
    DeleteVcenterClient: typed(deleteVcenterClient),
    DeleteWave: forKind('wave', deleteGroup),
    DescribeJobLogItems: typed(describeJobLogItems),
    DescribeJobs: typed(describeJobs),
    DescribeLaunchConfigurationTemplates: forKind('launch', describeTemplates),
    DescribeReplicationConfigurationTemplates: forKind('replication', describeTemplates),
    DescribeSourceServers: typed(describeSourceServers),
    DescribeVcenterClients: typed(describeVcenterClients),
    DisassociateApplications: typed(disassociateApplications),
    DisassociateSourceServers: typed(disassociateSourceServers),
    DisconnectFromService: forKind('disconnect', runServerAction),
    FinalizeCutover: forKind('finalize', runServerAction),
    GetLaunchConfiguration: typed(getLaunchConfiguration),
    GetReplicationConfiguration: typed(getReplicationConfiguration),
    ListApplications: forKind('application', listGroups),
    ListConnectors: typed(listConnectors),
    ListManagedAccounts: typed(listManagedAccounts),
    ListSourceServerActions: forKind('server', listActions),
    ListTagsForResource: typed(listTagsForResource),
    ListTemplateActions: forKind('template', listActions),
    ListWaves: forKind('wave', listGroups),
    MarkAsArchived: forKind('archive', runServerAction),
    PauseReplication: forKind('pause', runServerAction),
    PutSourceServerAction: forKind('server', putAction),
    PutTemplateAction: forKind('template', putAction),
    RemoveSourceServerAction: forKind('server', removeAction),
    RemoveTemplateAction: forKind('template', removeAction),
    ResumeReplication: forKind('resume', runServerAction),
    RetryDataReplication: forKind('retry', runServerAction),
    StartCutover: forKind('START_CUTOVER', startLaunchJob),
    StartReplication: forKind('start', runServerAction),
    StartTest: forKind('START_TEST', startLaunchJob),
    StopReplication: forKind('stop', runServerAction),
    TagResource: typed(tagResource),
    TerminateTargetInstances: forKind('TERMINATE', startLaunchJob),
    UnarchiveApplication: forKind('application', unarchiveGroup),
    UnarchiveWave: forKind('wave', unarchiveGroup),
    UntagResource: typed(untagResource),
    UpdateApplication: forKind('application', updateGroup),
    UpdateConnector: typed(updateConnector),
    UpdateLaunchConfiguration: typed(updateLaunchConfiguration),
    UpdateLaunchConfigurationTemplate: forKind('launch', updateTemplate),
    UpdateReplicationConfiguration: typed(updateReplicationConfiguration),
    UpdateReplicationConfigurationTemplate: forKind('replication', updateTemplate),
    UpdateSourceServer: typed(updateSourceServer),
    UpdateSourceServerReplicationType: typed(updateSourceServerReplicationType),
    UpdateWave: forKind('wave', updateGroup),
  }),
);
