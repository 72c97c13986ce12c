import type { Concern } from '../../core/concern.ts';
import type { Target } from '../../core/desired.ts';
import type { ConvertProblem } from '../../core/inventory.ts';
import { checkManifests } from '../../manifest/check.ts';
import { locate, type Project, type Vm, type Wave } from '../../manifest/model.ts';
import { type Manifest, readManifest } from '../../manifest/read-manifest.ts';
import { Source } from '../../manifest/source.ts';
import { quote } from '../../manifest/wording.ts';
import type { Conversion } from './convert-text.ts';
import { isMgnServerId } from './removals.ts';

/** The service of a target of the project, or of its default one; undefined: not known. */
export type ProviderOf = (target: string | undefined) => Target['provider'] | undefined;

/** A file as it is to be, with the waves of it that were converted. */
interface ConvertedFile {
  readonly file: string;
  readonly text: string;
  readonly waves: ReadonlySet<string>;
}

function convertedWaves({ file, text, waves }: ConvertedFile): readonly Wave[] {
  const read = readManifest(new Source(file, text), 'project file').waves;
  return read.filter(({ name }) => waves.has(name));
}

/** VMs that only an id of SMS points at. The rules on manifests let every id pass: nobody knows what a service gives. */
export function smsIdProblems(result: ConvertedFile): ConvertProblem[] {
  return convertedWaves(result)
    .flatMap(({ vms }) => vms)
    .filter(({ reference: { serverId } }) => serverId !== undefined && !isMgnServerId(serverId))
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
export function smsTargetProblems(
  results: readonly ConvertedFile[],
  providerOf: ProviderOf,
): ConvertProblem[] {
  const waves = results.flatMap(convertedWaves).filter(({ target }) => providerOf(target) === 'sms');
  return [...groupBy(waves, ({ target }) => target)].flatMap(([target, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const which = `the ${target === undefined ? 'default target' : `target ${target}`} of ${listNames(group)}`;
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
      `the next plan of ${from === undefined ? 'the default target' : `target ${from}`} deletes the jobs that ${listNames(group.map(({ wave }) => ({ name: wave })))} had there on SMS; their AMIs stay`,
  );
}

/** Waves that a sentence names. */
const MAX_LISTED = 3;

function listNames(waves: readonly { readonly name: string }[]): string {
  const more = waves.length - MAX_LISTED;
  const names = waves.slice(0, MAX_LISTED).map(({ name }) => name);
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

/** A text that holds waves, and the names of those to be judged. */
interface WavesToCheck {
  readonly file: string;
  readonly text: string;
  readonly waves: ReadonlySet<string>;
}

/** What keeps waves from being planned on MGN, were all of their targets of MGN: warnings are left out. */
export function checkWavesOnMgn(files: readonly WavesToCheck[]): readonly Concern[] {
  const manifests = files.map(({ file, text, waves }): Manifest => {
    const manifest = readManifest(new Source(file, text), 'project file');
    return { ...manifest, projects: [], waves: manifest.waves.filter(({ name }) => waves.has(name)) };
  });
  const [first] = manifests.flatMap(({ waves }) => waves);
  if (first === undefined) return [];
  const names = new Set(manifests.flatMap(({ waves }) => waves.flatMap(({ target }) => target ?? [])));
  const main: Manifest = { file: '', projects: [projectOnMgn([...names], first)], waves: [], concerns: [] };
  return checkManifests(main, manifests, [], 0).concerns.filter(({ severity }) => severity !== 'warning');
}

/** A project whose targets are all of MGN; where it stands does not matter. */
function projectOnMgn(
  names: readonly string[],
  { origin, place }: Pick<Project, 'origin'> & Pick<Concern, 'place'>,
): Project {
  const target = (name: string): Project['targets'][number] => ({
    name,
    provider: 'mgn',
    region: 'us-west-2',
    limits: { activeReplications: 1, apiRequests: 1 },
    guards: { maxDeletes: 1, maxUpdates: 1 },
    place: place ?? { file: '', line: 1, column: 1 },
  });
  const all = ['?', ...names];
  return {
    origin,
    name: '?',
    globs: [],
    defaultTarget: '?',
    targets: all.map(target),
    targetNames: all,
    unsupportedKeys: [],
  };
}
