import type { Concern } from '../../core/concern.ts';
import type { ProviderName } from '../../core/desired.ts';
import type { ConvertProblem } from '../../core/inventory.ts';
import type { ServiceDefinition } from '../../core/service.ts';
import { checkManifests, type Manifest, readManifest } from '../../manifest/check.ts';
import { locate, type Project, type Vm, type Wave } from '../../manifest/model.ts';
import { Source } from '../../manifest/source.ts';
import { quote } from '../../core/text.ts';
import type { Conversion } from './convert-text.ts';

/** The service of a target of the project, or of its default one; undefined: not known. */
export type ProviderOf = (target: string | undefined) => ProviderName | undefined;

/** The services that waves are converted from and to. */
export interface ConvertServices {
  readonly from: ServiceDefinition;
  readonly to: ServiceDefinition;
  readonly providerOf: ProviderOf;
}

/** The new text of a file, and the names of its waves that were converted. */
interface ConvertedText {
  readonly file: string;
  readonly text: string;
  readonly waves: ReadonlySet<string>;
}

function convertedWaves({ file, text, waves }: ConvertedText): readonly Wave[] {
  const read = readManifest(new Source(file, text), 'project file').waves;
  return read.filter(({ name }) => waves.has(name));
}

/** Finds VMs that only a server id of the old service identifies. The rules on manifests let every id pass. */
export function foreignIdProblems(result: ConvertedText, { from, to }: ConvertServices): ConvertProblem[] {
  return convertedWaves(result)
    .flatMap(({ vms }) => vms)
    .filter(
      ({ reference: { serverId } }) => serverId !== undefined && to.conversion?.isServerId(serverId) !== true,
    )
    .map(({ wave, index, reference: { serverId, name } }: Vm) => ({
      id: 'vm.not-findable' as const,
      message:
        name === undefined
          ? `only serverId ${quote(serverId)} identifies this VM, and that is an id of ${from.title}`
          : `only serverId ${quote(serverId)} tells this VM from others called ${quote(name)}, and that is an id of ${from.title}`,
      remedy: 'write its path or vmWareUuid instead',
      ...locate(wave.origin, ['spec', 'vms', index, 'serverId']),
    }));
}

/** Finds waves whose target is still one of the old service: one problem for each target. */
export function oldTargetProblems(
  results: readonly ConvertedText[],
  { from, to, providerOf }: ConvertServices,
): ConvertProblem[] {
  const waves = results.flatMap(convertedWaves).filter(({ target }) => providerOf(target) === from.name);
  return [...groupBy(waves, ({ target }) => target)].flatMap(([target, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const which = `the ${target === undefined ? 'default target' : `target ${target}`} of ${listNames(group)}`;
    return [
      {
        message: `${which} is one of ${from.title}`,
        remedy: `name a target of ${to.title} with --target, or write provider: ${to.name} for it in the project file`,
        ...locate(first.origin, ['spec', 'target']),
      },
    ];
  });
}

/** Notes waves whose phase has the same name on both services, but another effect. */
export function phaseNotes(conversions: readonly Conversion[], { to }: ConvertServices): string[] {
  return conversions
    .flatMap(({ waves }) => waves)
    .filter(({ phase }) => phase === 'cutover' || phase === 'finalize')
    .map(
      ({ name, phase }) =>
        `wave ${name} is at phase: ${phase ?? ''}, which on ${to.title} launches instances for all of its VMs: set it back to replicate unless that is intended`,
    );
}

/** Notes what happens to the jobs of the waves on the old service. */
export function jobsNotes(
  conversions: readonly Conversion[],
  { from: { name: old, title }, providerOf }: ConvertServices,
): string[] {
  const moved = conversions.flatMap(({ targets }) => targets).filter(({ from }) => providerOf(from) === old);
  return [...groupBy(moved, ({ from }) => from)].map(
    ([from, group]) =>
      `the next plan of ${from === undefined ? 'the default target' : `target ${from}`} deletes the jobs that ${listNames(group.map(({ wave }) => ({ name: wave })))} had there on ${title}; their AMIs stay`,
  );
}

/** Names waves in a sentence. */
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

/** Checks waves as if all of their targets were of a service. Returns the problems that would prevent a plan, without warnings. */
export function checkWavesOn(
  service: ServiceDefinition,
  files: readonly ConvertedText[],
): readonly Concern[] {
  const manifests = files.map(({ file, text, waves }): Manifest => {
    const manifest = readManifest(new Source(file, text), 'project file');
    return { ...manifest, projects: [], waves: manifest.waves.filter(({ name }) => waves.has(name)) };
  });
  const [first] = manifests.flatMap(({ waves }) => waves);
  if (first === undefined) return [];
  const names = new Set(manifests.flatMap(({ waves }) => waves.flatMap(({ target }) => target ?? [])));
  const main: Manifest = {
    file: '',
    projects: [projectOn(service, [...names], first)],
    waves: [],
    documents: [],
    concerns: [],
  };
  return checkManifests(main, manifests, [], 0).concerns.filter(({ severity }) => severity !== 'warning');
}

/** Makes a project whose targets are all of a service; its place does not matter. */
function projectOn(
  service: ServiceDefinition,
  names: readonly string[],
  { origin, place }: Pick<Project, 'origin'> & Pick<Concern, 'place'>,
): Project {
  const target = (name: string): Project['targets'][number] => ({
    name,
    provider: service.name,
    region: 'us-west-2',
    limits: { activeReplications: 1, apiRequests: 1 },
    guards: { maxDeletes: 1, maxUpdates: 1, maxDestroys: 1 },
    place: place ?? { file: '', line: 1, column: 1 },
  });
  const all = ['?', ...names];
  return {
    origin,
    name: '?',
    globs: [],
    size: { maxVms: Infinity, maxBytes: Infinity },
    defaultTarget: '?',
    targets: all.map(target),
    targetNames: all,
    unsupportedKeys: [],
    windows: [],
    policies: [],
  };
}
