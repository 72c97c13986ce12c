import { EXIT } from '../../core/error.ts';
import {
  renderCatalogDeletion,
  renderCatalogDeletionJson,
  renderCatalogImport,
  renderCatalogImportJson,
  renderCatalogJson,
  renderCatalogProgress,
  renderCatalogText,
} from '../../report/account/catalog.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import {
  type CatalogListOptions,
  deleteCatalog,
  importCatalog,
  listServers,
} from '../../workflow/account/catalog.ts';
import type { LockOptions } from '../../workflow/locking/locks.ts';
import { announce, requestApproval } from '../approval.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import type { AccountFlags } from '../flags.ts';
import { liveBlock } from '../screens.ts';
import { printChange } from './print-change.ts';

interface CatalogListFlags extends AccountFlags, Pick<CatalogListOptions, 'vm' | 'path' | 'vcenter'> {
  readonly withJob?: boolean;
  readonly withoutJob?: boolean;
  readonly managed?: boolean;
  readonly unmanaged?: boolean;
}

/** `landfall catalog list`: the servers of the catalogue and their jobs. */
export async function catalogList(
  context: Context,
  { withJob, withoutJob, managed, unmanaged, format, ...flags }: CatalogListFlags,
): Promise<number> {
  const result = await listServers(context, {
    ...flags,
    ...((withJob ?? withoutJob) === true && { withJob: withJob === true }),
    ...((managed ?? unmanaged) === true && { managed: managed === true }),
  });
  if (result.kind === 'invalid') return showInvalidManifests(context, result);
  const { catalog } = result;
  const { colors, columns } = context;
  context.print(
    format === 'json' ? renderCatalogJson(catalog) : renderCatalogText(catalog, { colors, columns }),
  );
  return EXIT.done;
}

interface CatalogImportFlags extends AccountFlags {
  readonly wait?: boolean;
  /** In milliseconds. */
  readonly timeout: number;
}

/** `landfall catalog import`: makes the service import its catalogue of servers; with `--wait` until it has ended. */
export async function catalogImport(
  context: Context,
  { wait, timeout, format, ...flags }: CatalogImportFlags,
): Promise<number> {
  const { host, log, quiet, canRedraw, print } = context;
  const isLive = host.stderr.isTerminal && canRedraw && !quiet;
  const block = liveBlock(host.stderr);
  let isAnnounced = false;
  const onProgress = (target: string, waited: number): void => {
    if (isLive) block.draw(renderCatalogProgress(target, waited));
    else if (!isAnnounced) log(renderCatalogProgress(target));
    isAnnounced = true;
  };
  const result = await importCatalog(context, {
    ...flags,
    ...(wait === true && { wait: { timeout, onProgress } }),
  });
  if (result.kind === 'invalid') return showInvalidManifests(context, result);
  block.clear();
  const { target, state, late } = result;
  print(format === 'json' ? renderCatalogImportJson(target, result) : renderCatalogImport(target, result));
  if (late !== undefined) throw late;
  return state === 'available' || state === 'importing' ? EXIT.done : EXIT.error;
}

interface CatalogDeleteFlags extends AccountFlags, LockOptions {
  readonly autoApprove?: boolean;
}

/** `landfall catalog delete`: deletes the catalogue of servers, after asking; jobs stay. */
export async function catalogDelete(
  context: Context,
  { autoApprove, format, ...flags }: CatalogDeleteFlags,
): Promise<number> {
  const result = await deleteCatalog(context, {
    ...flags,
    approve: ({ target, servers, jobs }) => {
      announce(context, autoApprove, renderCatalogDeletion(target, servers, jobs));
      return requestApproval(context, autoApprove, 'Delete the server catalogue?');
    },
  });
  return printChange(context, result, ({ target, servers, jobs }) =>
    format === 'json'
      ? renderCatalogDeletionJson(target, servers, jobs)
      : escapeTerminal(`The server catalogue of ${target} is deleted.`) + '\n',
  );
}
