import { CsvError, parse } from 'csv-parse/sync';
import { omitUndefined } from '../../collections.ts';
import type { ImportedInventory, ImportedResource, Transfer, TransferError } from '../records.ts';
import { ACCOUNT, isoTime, type MgnOperationContext } from './context.ts';
import { accessDenied, conflict, invalidRequest, notFound } from './errors.ts';
import { listPage, pageByNumber, type PageInput } from './page.ts';
import type { Operation } from './registry.ts';

interface Place {
  readonly s3Bucket: string;
  readonly s3Key: string;
  readonly s3BucketOwner?: string;
}

/** How long an import or export is PENDING, in milliseconds. */
const PENDING = 5000;

/** Starts the import of a file that a client has put into a bucket. */
function startImport(
  context: MgnOperationContext,
  input: { readonly clientToken?: string; readonly s3BucketSource: Place },
): object {
  const { account, mgn, region, quotas } = context;
  const { clientToken: token, s3BucketSource: place } = input;
  const { s3Bucket: bucket, s3Key: key } = place;
  checkOwner(place);
  const same = [...mgn.transfers.values()].find((other) => token !== undefined && other.token === token);
  if (same !== undefined) {
    if (same.bucket === bucket && same.key === key) return { importTask: wireImport(context, same) };
    throw conflict(`The client token is that of import ${same.id}.`, 'ImportTask', [same.id]);
  }
  const other = running(context, 'import');
  if (other !== undefined) throw conflict(`Import ${other.id} is in progress.`, 'ImportTask', [other.id]);
  const object = account.buckets.get(bucket)?.objects.get(key);
  if (object === undefined) throw notFound('S3Object', `s3://${bucket}/${key}`);
  const file = readInventoryFile(Buffer.from(object.body, 'base64'), region);
  context.commit({
    do: 'transfer',
    kind: 'import',
    bucket,
    key,
    quotas,
    ...file,
    ...omitUndefined({ token }),
  });
  return { importTask: wireImport(context, latestOf(context)) };
}

/** Starts an export of the inventory into a bucket. */
function startExport(context: MgnOperationContext, place: Place): object {
  const { s3Bucket: bucket, s3Key: key } = place;
  checkOwner(place);
  const other = running(context, 'export');
  if (other !== undefined) throw invalidRequest(`Export ${other.id} is in progress.`);
  if (!context.account.buckets.has(bucket)) throw invalidRequest(`There is no bucket ${bucket}.`);
  const of = { account: ACCOUNT, region: context.region };
  context.commit({ do: 'transfer', kind: 'export', bucket, key, errors: [], ...of });
  return { exportTask: wireExport(context, latestOf(context)) };
}

function checkOwner({ s3BucketOwner: owner = ACCOUNT, s3Bucket }: Place): void {
  if (owner !== ACCOUNT) throw accessDenied(`Bucket ${s3Bucket} does not belong to account ${owner}.`);
}

const running = ({ mgn, account }: MgnOperationContext, kind: Transfer['kind']) =>
  [...mgn.transfers.values()].find((one) => one.kind === kind && one.endsAt > account.now);

function latestOf({ mgn }: MgnOperationContext): Transfer {
  const [latest] = [...mgn.transfers.values()].slice(-1);
  if (latest === undefined) throw new RangeError('there is no import or export');
  return latest;
}

type Wire = (context: MgnOperationContext, transfer: Transfer) => object;

const list =
  (kind: Transfer['kind'], wire: Wire) =>
  (
    context: MgnOperationContext,
    input: PageInput & {
      readonly filters?: { readonly importIDs?: readonly string[]; readonly exportIDs?: readonly string[] };
    },
  ): object => {
    const { importIDs, exportIDs } = input.filters ?? {};
    const ids = importIDs ?? exportIDs ?? [];
    const fits = (one: Transfer) => one.kind === kind && (ids.length === 0 || ids.includes(one.id));
    const page = { operation: kind, ...pageByNumber(context.mgn.transfers.values(), fits) };
    return listPage(context, page, input, (one) => wire(context, one));
  };

/** Lists the errors of an import or export: none before it ends. */
function listErrors(
  context: MgnOperationContext,
  input: PageInput & { readonly importID?: string; readonly exportID?: string },
): object {
  const { importID, exportID = '' } = input;
  const id = importID ?? exportID;
  const transfer = context.mgn.transfers.get(id);
  if (transfer === undefined) throw invalidRequest(`There is no import or export ${id}.`);
  const { errors, endsAt } = transfer;
  const known: readonly TransferError[] = endsAt > context.account.now ? [] : errors;
  const all = known.map((error, index) => ({
    number: index + 1,
    error,
  }));
  const page = { operation: `errors ${id}`, ...pageByNumber(all, () => true) };
  return listPage(context, page, input, ({ error: { type, message, row, ids } }) => ({
    errorDateTime: isoTime(endsAt),
    ...(importID === undefined ? {} : { errorType: type }),
    errorData: { ...(importID === undefined ? {} : { rowNumber: row, ...ids }), rawError: message },
  }));
}

const wireImport: Wire = (context, { id, bucket, key, ...transfer }) => ({
  importID: id,
  s3BucketSource: { s3Bucket: bucket, s3Key: key, s3BucketOwner: ACCOUNT },
  ...progressOf(context, transfer),
});

const wireExport: Wire = (context, { id, bucket, key, ...transfer }) => ({
  exportID: id,
  s3Bucket: bucket,
  s3Key: key,
  s3BucketOwner: ACCOUNT,
  ...progressOf(context, transfer),
});

function progressOf(
  { account: { now } }: MgnOperationContext,
  { createdAt, endsAt, errors, summary }: Pick<Transfer, 'createdAt' | 'endsAt' | 'errors' | 'summary'>,
): object {
  const ended = now >= endsAt;
  const done = Math.max(0, now - createdAt - PENDING) / (endsAt - createdAt - PENDING);
  const active = now < createdAt + PENDING ? 'PENDING' : 'STARTED';
  return {
    creationDateTime: isoTime(createdAt),
    endDateTime: ended ? isoTime(endsAt) : undefined,
    status: !ended ? active : errors.length > 0 ? 'FAILED' : 'SUCCEEDED',
    progressPercentage: ended ? 100 : Math.floor(done * 100),
    summary,
  };
}

const PREFIX = { waves: 'mgn:wave:', applications: 'mgn:app:', servers: 'mgn:server:' } as const;
type Kind = keyof typeof PREFIX;
const NAME: Readonly<Record<Kind, string>> = {
  waves: 'name',
  applications: 'name',
  servers: 'user-provided-id',
};
const LAUNCH = 'mgn:launch:';
/** Values of columns that have few. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  'mgn:account-id': new RegExp(`^${ACCOUNT}$`),
  'mgn:server:platform': /^(linux|windows)$/i,
  'mgn:launch:transfer-server-tags': /^(true|false)$/i,
  'mgn:launch:placement:tenancy': /^(default|dedicated|host)$/i,
  'mgn:launch:placement:operating-system-licensing': /^(li|byol)$/i,
};

/**
 * Reads an inventory file: what all rows together say of each wave, application and server. Columns that are not known have no
 * effect (user guide, "Import parameters").
 */
function readInventoryFile(
  bytes: Uint8Array,
  region: string,
): { readonly inventory: ImportedInventory; readonly errors: readonly TransferError[] } {
  const found = { waves: new Map(), applications: new Map(), servers: new Map() } as Readonly<
    Record<Kind, Map<string, ImportedResource>>
  >;
  const errors: TransferError[] = [];
  const fail = (message: string, row?: number) => {
    errors.push({ type: 'VALIDATION_ERROR', message, ...omitUndefined({ row }) });
  };
  const [titles = [], ...rows] = cellsOf(bytes, fail);
  if (errors.length === 0 && !titles.some((title) => title.trim().toLowerCase().startsWith('mgn:')))
    fail('The file has no header with columns such as mgn:server:user-provided-id.');
  for (const [index, cells] of rows.entries()) {
    const row = index + 2;
    const values = new Map(
      titles.flatMap((title, column): [string, string][] => {
        const value = cells[column]?.trim() ?? '';
        return value === '' ? [] : [[columnOf(title), value]];
      }),
    );
    for (const [column, value] of values) {
      const isAllowed = column === 'mgn:region' ? value === region : ALLOWED[column]?.test(value) !== false;
      if (!isAllowed) fail(`${column} cannot be ${value}.`, row);
    }
    let parent: string | undefined;
    for (const kind of ['waves', 'applications', 'servers'] as const) {
      const one = resourceOf(kind, values, row, parent);
      const key = keyOf(one);
      if (key === undefined) {
        const [without] = [...Object.keys(one.values), ...Object.keys(one.tags), ...Object.keys(one.launch)];
        if (without !== undefined)
          fail(`${without} is given without ${PREFIX[kind]}id or ${PREFIX[kind]}${NAME[kind]}.`, row);
      } else {
        const before = found[kind].get(key);
        const conflicting = before && conflictOf(before, one);
        if (conflicting !== undefined)
          fail(`${conflicting} of ${one.name ?? key} differs from row ${before?.row ?? 0}.`, row);
        found[kind].set(key, before === undefined ? one : merged(before, one));
      }
      parent = key;
    }
  }
  const [waves, applications, servers] = (['waves', 'applications', 'servers'] as const).map((kind) => [
    ...found[kind].values(),
  ]);
  return {
    inventory: { waves: waves ?? [], applications: applications ?? [], servers: servers ?? [] },
    errors,
  };
}

function cellsOf(bytes: Uint8Array, fail: (message: string, row?: number) => void): string[][] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return parse(text, { skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    fail(
      error instanceof CsvError ? `The file is not CSV: ${error.message}` : 'The file is not text in UTF-8.',
    );
    return [];
  }
}

/** Names of columns are compared without regard to case, keys of tags with regard to it. */
function columnOf(title: string): string {
  const [, column = title, key = ''] = /^(.*?:tag:(?:instance:)?|.*)(.*)$/i.exec(title.trim()) ?? [];
  return column.toLowerCase() + key;
}

function resourceOf(
  kind: Kind,
  values: ReadonlyMap<string, string>,
  row: number,
  parent: string | undefined,
): ImportedResource {
  const prefix = PREFIX[kind];
  const under = (start: string) =>
    [...values].flatMap(([column, value]): [string, string][] =>
      column.startsWith(start) ? [[column.slice(start.length), value]] : [],
    );
  const own = under(prefix);
  const identity = ['id', NAME[kind]];
  return {
    row,
    ...omitUndefined({ id: values.get(`${prefix}id`), name: values.get(prefix + NAME[kind]), parent }),
    values: Object.fromEntries(own.filter(([name]) => !name.startsWith('tag:') && !identity.includes(name))),
    tags: Object.fromEntries(under(`${prefix}tag:`)),
    launch: kind === 'servers' ? Object.fromEntries(under(LAUNCH)) : {},
  };
}

const keyOf = ({ id, name }: ImportedResource): string | undefined => id ?? name;

/** Returns the first member of which two rows give different values. */
function conflictOf(a: ImportedResource, b: ImportedResource): string | undefined {
  if (a.parent !== undefined && b.parent !== undefined && a.parent !== b.parent) return 'The group';
  const entries = [a.values, a.tags, a.launch].flatMap((members, index) => {
    const others = [b.values, b.tags, b.launch][index] ?? {};
    return Object.entries(members).filter(([name, value]) => (others[name] ?? value) !== value);
  });
  return entries[0]?.[0];
}

function merged(a: ImportedResource, b: ImportedResource): ImportedResource {
  const [values, tags] = [
    { ...b.values, ...a.values },
    { ...b.tags, ...a.tags },
  ];
  return { ...b, ...a, values, tags, launch: { ...b.launch, ...a.launch } };
}

/** The operations on imports and exports, which are loaded when one of them is first called. */
export const TRANSFER_OPERATIONS = new Map(
  Object.entries({
    ListExportErrors: listErrors,
    ListExports: list('export', wireExport),
    ListImportErrors: listErrors,
    ListImports: list('import', wireImport),
    StartExport: startExport,
    StartImport: startImport,
  }) as [string, Operation][],
);
