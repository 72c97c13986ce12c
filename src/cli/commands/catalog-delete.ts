import { EXIT } from '../../core/error.ts';
import { renderCatalogDeletionJson } from '../../report/catalog-json.ts';
import { renderCatalogDeletion } from '../../report/catalog-text.ts';
import { escapeTerminal } from '../../report/escape.ts';
import { announce, approved } from '../approval.ts';
import type { Context } from '../context.ts';
import { type LockFlags, withLocks } from '../locking.ts';
import { supported } from '../not-supported.ts';
import { type TargetFlags, withTarget } from '../target.ts';

interface Flags extends TargetFlags, LockFlags {
  readonly autoApprove?: boolean;
}

/** `landfall catalog delete`: drops the catalogue of servers, after asking; jobs stay. */
export function drop(context: Context, flags: Flags): Promise<number> {
  return withLocks(context, flags, 'catalog delete', async (locks) => {
    const code = await withTarget(
      context,
      flags,
      async ({ name, operations: ofService, observe }) => {
        const operations = supported(ofService, name, 'catalog delete');
        const { servers, jobs } = await observe();
        announce(context, flags.autoApprove, renderCatalogDeletion(name, servers.length, jobs.length));
        if (
          !(await approved(context, flags.autoApprove, 'Delete the server catalogue?')) ||
          !(await locks.mayGoOn())
        )
          return EXIT.error;
        await operations.deleteCatalog();
        context.print(
          flags.format === 'json'
            ? renderCatalogDeletionJson(name, servers.length, jobs.length)
            : escapeTerminal(`The server catalogue of ${name} is deleted.`) + '\n',
        );
        return EXIT.done;
      },
      locks,
    );
    return locks.lost === undefined ? code : EXIT.locked;
  });
}
