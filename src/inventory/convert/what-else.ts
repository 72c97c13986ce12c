import type { ConvertProblem } from '../../core/convert.ts';
import type { Target } from '../../core/desired.ts';
import type { Vm, Wave } from '../../manifest/model.ts';
import { locate } from '../../manifest/origin.ts';
import { readManifest } from '../../manifest/read-manifest.ts';
import { quote } from '../../manifest/shorten.ts';
import { Source } from '../../manifest/source.ts';
import type { Conversion } from './convert-text.ts';
import { isMgnServer } from './what-goes.ts';

/** The service of a target of the project, or of its default one; undefined: not known. */
export type ProviderOf = (target: string | undefined) => Target['provider'] | undefined;

/** A file as it is to be, with the waves of it that were converted. */
export interface Result {
  readonly file: string;
  readonly text: string;
  readonly waves: ReadonlySet<string>;
}

function wavesOf({ file, text, waves }: Result): readonly Wave[] {
  const read = readManifest(new Source(file, text), 'project file').waves;
  return read.filter(({ name }) => waves.has(name));
}

/** VMs that only an id of SMS points at. The rules on manifests let every id pass: nobody knows what a service gives. */
export function smsIds(result: Result): ConvertProblem[] {
  return wavesOf(result)
    .flatMap(({ vms }) => vms)
    .filter(({ reference: { serverId } }) => serverId !== undefined && !isMgnServer(serverId))
    .map(({ wave, index, reference: { serverId, name } }: Vm) => ({
      id: 'vm.not-findable' as const,
      message:
        name === undefined
          ? `only serverId ${quote(serverId)} says which VM this is, and that is an id of SMS`
          : `only serverId ${quote(serverId)} tells this VM from others called ${quote(name)}, and that is an id of SMS`,
      remedy: 'write its path or vmWareUuid instead',
      ...locate(wave.origin, ['spec', 'vms', index, 'serverId']),
    }));
}

/** Waves that are still to move to a target of SMS: said once of each target. */
export function smsTargets(results: readonly Result[], providerOf: ProviderOf): ConvertProblem[] {
  const waves = results.flatMap(wavesOf).filter(({ target }) => providerOf(target) === 'sms');
  return [...groupBy(waves, ({ target }) => target)].flatMap(([target, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const which = `the ${target === undefined ? 'default target' : `target ${target}`} of ${named(group)}`;
    return [
      {
        message: `${which} is one of SMS`,
        remedy: 'name a target of MGN with --target, or write provider: mgn for it in the project file',
        ...locate(first.origin, ['spec', 'target']),
      },
    ];
  });
}

/** A phase is the same word on both services, and not the same deed. */
export function phaseNotes(conversions: readonly Conversion[]): string[] {
  return conversions
    .flatMap(({ waves }) => waves)
    .filter(({ phase }) => phase === 'cutover' || phase === 'finalize')
    .map(
      ({ name, phase }) =>
        `wave ${name} is at phase: ${phase ?? ''}, which on MGN launches instances for all of its VMs: set it back to replicate unless that is meant`,
    );
}

/** What becomes of jobs that waves have on SMS. */
export function jobsNotes(conversions: readonly Conversion[], providerOf: ProviderOf): string[] {
  const moved = conversions
    .flatMap(({ targets }) => targets)
    .filter(({ from }) => providerOf(from) === 'sms');
  return [...groupBy(moved, ({ from }) => from)].map(
    ([from, group]) =>
      `the next plan of ${from === undefined ? 'the default target' : `target ${from}`} deletes the jobs that ${named(group.map(({ wave }) => ({ name: wave })))} had there on SMS; their AMIs stay`,
  );
}

/** Waves that a sentence names. */
const NAMED = 3;

function named(waves: readonly { readonly name: string }[]): string {
  const more = waves.length - NAMED;
  const names = waves.slice(0, NAMED).map(({ name }) => name);
  const list = [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return `${waves.length === 1 ? 'wave' : 'waves'} ${list}`;
}

function groupBy<T, Key>(items: readonly T[], keyOf: (item: T) => Key): ReadonlyMap<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
