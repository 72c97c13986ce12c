import { EXIT } from '../../core/error.ts';
import { renderCatalogJson } from '../../report/catalog-json.ts';
import { renderCatalogText } from '../../report/catalog-text.ts';
import { listCatalog } from '../../status/catalog.ts';
import type { Context } from '../context.ts';
import { matcher, requireMatch } from '../selection.ts';
import { type TargetFlags, withTarget } from '../target.ts';

interface Flags extends TargetFlags {
  readonly vm?: readonly string[];
  readonly path?: readonly string[];
  readonly vcenter?: readonly string[];
  readonly withJob?: boolean;
  readonly withoutJob?: boolean;
  readonly managed?: boolean;
  readonly unmanaged?: boolean;
}

/** `landfall catalog list`: the servers of the catalogue and their jobs. */
export function list(context: Context, flags: Flags): Promise<number> {
  return withTarget(context, flags, async ({ name: target, project, observe }) => {
    const observed = await observe();
    requireFilters(flags, observed.servers);
    const [name, path, vCenter] = [matcher(flags.vm), matcher(flags.path), matcher(flags.vcenter)];
    const catalog = listCatalog(target, observed, project, {
      ...(name && { name }),
      ...(path && { path }),
      ...(vCenter && { vCenter }),
      ...(flags.withJob === true && { withJob: true }),
      ...(flags.withoutJob === true && { withJob: false }),
      ...(flags.managed === true && { managed: true }),
      ...(flags.unmanaged === true && { managed: false }),
    });
    const { colors } = context;
    context.print(
      flags.format === 'json' ? renderCatalogJson(catalog) : renderCatalogText(catalog, { colors }),
    );
    return EXIT.done;
  });
}

type Servers = Parameters<typeof listCatalog>[1]['servers'];

/** A misspelt name must not read as "no such servers"; in an empty catalogue every name is one. */
function requireFilters({ vm, path, vcenter }: Flags, servers: Servers): void {
  if (servers.length === 0) return;
  const names = servers.flatMap(({ name, otherNames = [] }) => [name ?? [], otherNames].flat());
  requireMatch('VM_UNKNOWN', 'VM of the catalogue', vm, names);
  const paths = servers.flatMap((server) => server.path ?? []);
  requireMatch('VM_UNKNOWN', 'path of the catalogue', path, paths);
  const vCenters = servers.flatMap(({ vmManagerName, vmManagerId }) =>
    [vmManagerName ?? [], vmManagerId ?? []].flat(),
  );
  requireMatch('VM_UNKNOWN', 'vCenter of the catalogue', vcenter, vCenters);
}
