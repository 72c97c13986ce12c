import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import { byKeys } from '../../core/lists.ts';
import type { Observed } from '../../core/observed.ts';
import type { Connector, Disassociation } from '../../core/operations.ts';
import { didYouMean } from '../../core/suggest.ts';
import { effectsOfDisassociation } from '../../journey/connectors.ts';
import { readAccountManifests } from '../local/endpoint.ts';
import type { InvalidManifests } from '../manifests.ts';
import { openTarget, requireFeature } from '../targets.ts';
import { type AccountOptions, type ChangeOptions, type ChangeResult, changeTarget } from './change-target.ts';

interface ConnectorList {
  readonly kind: 'listed';
  readonly target: string;
  readonly connectors: readonly Connector[];
}

/**
 * Lists the connectors of a target; on a service without connectors, the appliances that take their place.
 * @throws LandfallError TARGET_UNKNOWN
 */
export async function listConnectors(
  workspace: Workspace,
  { target, ...options }: AccountOptions,
): Promise<InvalidManifests | ConnectorList> {
  const manifests = await readAccountManifests(workspace, options);
  if (manifests.kind === 'invalid') return manifests;
  await using open = await openTarget(workspace, manifests, target);
  const connectors = (await open.operations?.connectors()) ?? appliancesOf(await open.observe());
  return { kind: 'listed', target: open.target.name, connectors };
}

function appliancesOf({ connectors }: Observed): readonly Connector[] {
  return connectors
    .map(({ id, healthy, name, vmManagerId }) => ({
      id,
      healthy,
      ...(name !== undefined && { vmManagerName: name }),
      ...(vmManagerId !== undefined && { vmManagerId }),
    }))
    .toSorted(byKeys(({ id }) => id));
}

/**
 * Removes a connector.
 * @throws LandfallError CONNECTOR_UNKNOWN, TARGET_UNKNOWN, NOT_SUPPORTED or LOCK_HELD
 */
export function disassociateConnector(
  workspace: Workspace,
  id: string,
  options: ChangeOptions<Disassociation>,
): Promise<ChangeResult<Disassociation>> {
  return changeTarget(workspace, 'connectors disassociate', options, {
    read: () => readAccountManifests(workspace, options),
    async preview({ operations, target, project, observe }) {
      const service = requireFeature(operations, target, 'connectors disassociate');
      const [connectors, { jobs }] = await Promise.all([service.connectors(), observe()]);
      const connector = findConnector(connectors, id);
      return effectsOfDisassociation(target.name, connector, connectors, jobs, project);
    },
    async change({ operations, target }, effects) {
      await requireFeature(operations, target, 'connectors disassociate').disassociateConnector(id);
      return effects;
    },
  });
}

function findConnector(connectors: readonly Connector[], id: string): Connector {
  const connector = connectors.find((candidate) => candidate.id === id);
  if (connector !== undefined) return connector;
  const ids = connectors.map((candidate) => candidate.id);
  throw new LandfallError('CONNECTOR_UNKNOWN', `there is no connector ${JSON.stringify(id)}`, {
    remedy: didYouMean(id, ids, '`landfall connectors list` shows those that there are'),
  });
}
