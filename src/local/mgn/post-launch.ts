import { matchesGlob } from '../faults.ts';
import { omitUndefined } from '../collections.ts';
import { MINUTE, variedDuration } from '../simulation/durations.ts';
import { digestId } from '../simulation/ids.ts';
import { type MgnAccount, type MgnSimulationContext } from './account.ts';
import { isWindows } from './inventory.ts';
import type { Participant, PlannedAction, Purpose, Settings, SourceServer } from './records.ts';
import { matchesServer } from './replication-timing.ts';
import { configuredLaunch } from './settings.ts';

/** The time from a launch until Systems Manager has found the agent on the instance: that of its first boot. */
const AGENT_DISCOVERY = 5 * MINUTE;
const ACTION_DURATION = 2 * MINUTE;

/** The launches after which actions run, by their deployment. */
const DEPLOYMENTS: Readonly<Record<string, readonly Purpose[]>> = {
  TEST_AND_CUTOVER: ['START_TEST', 'START_CUTOVER'],
  TEST_ONLY: ['START_TEST'],
  CUTOVER_ONLY: ['START_CUTOVER'],
};

/** Returns the actions of a server in their order: its own, or those of the template that fit its system. */
export function configuredActions(mgn: MgnAccount, server: SourceServer): readonly Settings[] {
  if (server.actions !== undefined) return server.actions;
  const [template] = mgn.templates.launch.values();
  const system = isWindows(server.machine.os) ? 'windows' : 'linux';
  return (template?.actions ?? []).flatMap(({ operatingSystem = system, ...action }) =>
    operatingSystem === system ? [action] : [],
  );
}

/** Returns a list of actions with one of them replaced or added, in their order. */
export function withAction(actions: readonly Settings[], action: Settings): readonly Settings[] {
  return [...withoutAction(actions, action['actionID']), action].sort(
    (a, b) => Number(a['order']) - Number(b['order']),
  );
}

/** Returns a list of actions without the one that has an id. */
export function withoutAction(actions: readonly Settings[], id: unknown): readonly Settings[] {
  return actions.filter(({ actionID }) => actionID !== id);
}

/**
 * Decides what runs after a launch, one after the other: the documents of the launch configuration, then the active
 * actions. Returns nothing if post-launch actions are off, or do not run after launches of this kind.
 */
export function plannedActions(
  { account, mgn }: MgnSimulationContext,
  purpose: Purpose,
  server: SourceServer,
  launchedAt: number,
  serial: number,
): readonly PlannedAction[] | undefined {
  const settings = configuredLaunch(mgn, server)['postLaunchActions'] as
    { readonly deployment?: string; readonly ssmDocuments?: readonly Settings[] } | undefined;
  const { deployment = 'TEST_AND_CUTOVER', ssmDocuments = [] } = settings ?? {};
  if (settings === undefined || DEPLOYMENTS[deployment]?.includes(purpose) !== true) return undefined;
  const active = configuredActions(mgn, server).filter(({ active }) => active !== false);
  const of = purpose === 'START_TEST' ? 'test' : 'cutover';
  const { postLaunchFailures = [] } = account.faults;
  let endsAt = launchedAt + AGENT_DISCOVERY;
  return [...ssmDocuments, ...active.map(documentOf)].map((document, index) => {
    const startsAt = endsAt;
    endsAt += variedDuration(ACTION_DURATION, serial + index);
    const failure = postLaunchFailures.find(
      (one) =>
        matchesServer(one.server, server) &&
        (one.of ?? of) === of &&
        matchesGlob(one.action ?? '*', String(document['actionName'])),
    )?.message;
    return { document, startsAt, endsAt, ...omitUndefined({ failure }) };
  });
}

/** Returns the document that an action runs, in the form of the launch status. */
function documentOf(action: Settings): Settings {
  const { actionName, documentIdentifier: ssmDocumentName } = action;
  const { timeoutSeconds, mustSucceedForCutover, parameters, externalParameters } = action;
  return omitUndefined({
    ...{ actionName, ssmDocumentName, timeoutSeconds, mustSucceedForCutover },
    ...{ parameters, externalParameters },
  });
}

type Status = 'IN_PROGRESS' | 'SUCCESS' | 'FAILED';

function statusOf({ endsAt, failure }: PlannedAction, now: number): Status {
  if (now < endsAt) return 'IN_PROGRESS';
  return failure === undefined ? 'SUCCESS' : 'FAILED';
}

/** Returns the status of the actions after a launch, as far as it has come; nothing before the instance is there. */
export function postLaunchStatus(
  { postLaunch, endsAt, failure, serverId }: Participant,
  now: number,
  timeOf: (at: number) => string | undefined,
): object | undefined {
  if (postLaunch === undefined || failure !== undefined || now < endsAt) return undefined;
  const agentAt = endsAt + AGENT_DISCOVERY;
  if (now < agentAt) return { postLaunchActionsLaunchStatusList: [] };
  return {
    ssmAgentDiscoveryDatetime: timeOf(agentAt),
    postLaunchActionsLaunchStatusList: postLaunch.map((action, index) => ({
      ssmDocument: action.document,
      ssmDocumentType: /automation/i.test(String(action.document['ssmDocumentName']))
        ? 'AUTOMATION'
        : 'COMMAND',
      executionID: digestId('', `execution ${serverId} ${endsAt} ${index}`),
      executionStatus: statusOf(action, now),
      failureReason: now < action.endsAt ? undefined : action.failure,
    })),
  };
}

/** Returns the name of an action that must succeed before the cut-over is finalized, and has not. */
export function missingAction({ postLaunch = [] }: Participant, now: number): string | undefined {
  const missing = postLaunch.find(
    (action) => action.document['mustSucceedForCutover'] === true && statusOf(action, now) !== 'SUCCESS',
  );
  return missing === undefined ? undefined : String(missing.document['actionName']);
}
