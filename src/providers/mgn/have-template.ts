import type { Settings } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { SetUpStep } from '../../core/provider.ts';
import type { Clock } from '../../core/time.ts';
import { makeOnce } from './make-once.ts';
import { projectOf, type Tags } from './marker.ts';

/** A kind of template of which an account has at most one, and what is done with it. */
export interface TemplateKind<T> {
  /** `replication configuration template`. */
  readonly what: string;
  /** The one that is there. */
  find(): Promise<T | undefined>;
  create(): Promise<unknown>;
  /** What it gives to servers. */
  read(template: T): Settings;
  update(template: T, changed: Settings): Promise<unknown>;
}

/**
 * Has the account have a template that says what the project file says; what this leaves out is not compared.
 * @param there the template that was seen, if there was one
 * @throws LandfallError SERVICE_ERROR where it is another project's, and says something else
 */
export async function haveTemplate<T extends { readonly tags?: Tags }>(
  kind: TemplateKind<T>,
  there: T | undefined,
  wanted: Settings,
  project: string,
  clock: Clock,
): Promise<SetUpStep> {
  const { what } = kind;
  const template =
    there ??
    (await makeOnce(
      () => make(kind),
      () => kind.find(),
      clock,
    ));
  if (template === undefined) return { what, done: 'created' };
  const before = kind.read(template);
  const changed = Object.entries(wanted).filter(([name, value]) => before[name] !== value);
  // One that stands where ours was to be made, as it was to be, is ours: its reply was lost.
  if (changed.length === 0) return { what, done: there === undefined ? 'created' : 'there already' };
  const owner = projectOf(template.tags);
  if (owner !== undefined && owner !== project) {
    const names = changed.map(([name]) => name).join(', ');
    throw new LandfallError(
      'SERVICE_ERROR',
      `the ${what} belongs to project "${owner}", and differs in ${names}`,
      {
        remedy: `an account has one: agree on it with "${owner}", and set at the VMs what is to differ`,
      },
    );
  }
  await kind.update(template, Object.fromEntries(changed));
  return { what, done: 'updated' };
}

async function make<T>(kind: TemplateKind<T>): Promise<T | undefined> {
  await kind.create();
  return undefined;
}
