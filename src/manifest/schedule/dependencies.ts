import { isEarlierPhase, type Phase, PHASES } from '../../core/desired.ts';
import { addToGroup, byText } from '../../core/lists.ts';
import { didYouMean } from '../../core/suggest.ts';
import { quote, shorten } from '../../core/text.ts';
import type { Vm, Wave } from '../model.ts';
import { concernAt, type Rule, vmConcern } from '../rules/rule.ts';

/** A wave can only depend on a wave of the project. */
const dependencyUnknown: Rule = {
  id: 'dependency.unknown',
  check: ({ waves }) => {
    const names = waves.map(({ name }) => name).toSorted(byText);
    const known = new Set(names);
    // A wave is never meant to wait for itself.
    return waves.flatMap(({ name, origin, timing }) =>
      (timing?.dependsOn ?? []).flatMap(({ wave }, index) => {
        if (known.has(wave)) return [];
        const message = `there is no wave ${quote(wave)}`;
        const others = names.filter((other) => other !== name);
        const remedy = didYouMean(wave, others, 'write the name of another wave of this project');
        return [concernAt('dependency.unknown', origin, ['spec', 'dependsOn', index], { message, remedy })];
      }),
    );
  },
};

/** A phase that the service of a wave does not have is never reached. */
const dependencyPhase: Rule = {
  id: 'dependency.phase',
  check: ({ waves, serviceOf }) => {
    const byName = new Map(waves.map((wave) => [wave.name, wave]));
    return waves.flatMap(({ origin, timing, phase: own = 'replicate' }) =>
      (timing?.dependsOn ?? []).flatMap(({ wave, phase = own }, index) => {
        const other = byName.get(wave);
        const service = other === undefined ? undefined : serviceOf(other);
        if (service?.unsupportedPhases[phase] === undefined) return [];
        const message = `wave ${wave} never reaches the phase ${phase}: ${service.title} does not have it`;
        const others = PHASES.filter((each) => service.unsupportedPhases[each] === undefined);
        const remedy = `write { wave: ${wave}, phase: … } with one of ${others.join(', ')}`;
        return [concernAt('dependency.phase', origin, ['spec', 'dependsOn', index], { message, remedy })];
      }),
    );
  },
};

/** A wave whose phase is reached in git waits for as long as git keeps the other wave before the phase that it waits for. */
const dependencyEarly: Rule = {
  id: 'dependency.early',
  check: ({ waves }) => {
    const byName = new Map(waves.map((wave) => [wave.name, wave]));
    return waves.flatMap(({ origin, timing, phase: own = 'replicate' }) =>
      (timing?.dependsOn ?? []).flatMap(({ wave, phase = own }, index) => {
        const there = byName.get(wave)?.phase;
        if (there === undefined || !isEarlierPhase(there, phase) || isEarlierPhase(own, phase)) return [];
        const message = `this wave has the phase ${own} and waits for wave ${wave} to reach ${phase}, whose phase is ${there}`;
        const remedy = `set phase: ${phase} in wave ${wave} first, or an earlier phase here`;
        return [concernAt('dependency.early', origin, ['spec', 'dependsOn', index], { message, remedy })];
      }),
    );
  },
};

/** Waves that wait for each other never go on. */
const dependencyCircle: Rule = {
  id: 'dependency.circle',
  check: ({ waves }) => {
    const byName = new Map(waves.map((wave) => [wave.name, wave]));
    const key = (wave: string, phase: Phase): string => `${wave} ${phase}`;
    const graph = new Map<string, string[]>();
    for (const { name, timing, phase: own = 'replicate' } of waves) {
      for (const [index, phase] of PHASES.entries()) {
        const before = PHASES[index - 1];
        graph.set(key(name, phase), before === undefined ? [] : [key(name, before)]);
      }
      for (const { wave, phase = own } of timing?.dependsOn ?? [])
        if (byName.has(wave)) addToGroup(graph, key(name, phase), key(wave, phase));
    }
    return findCircles(graph).flatMap((circle) => {
      const names = circle.map((node) => node.split(' ')[0] ?? '');
      const members = names.filter((name, index) => name !== names[index - 1]);
      const [first = ''] = members;
      const wave = byName.get(first);
      const next = members[1] ?? first;
      if (wave === undefined) return [];
      const index = (wave.timing?.dependsOn ?? []).findIndex((each) => each.wave === next);
      const words = circleWords('waves', members);
      return [concernAt('dependency.circle', wave.origin, ['spec', 'dependsOn', index], words)];
    });
  },
};

/** A VM can only wait for a VM of its wave, by a name that fits one. */
const afterUnknown: Rule = {
  id: 'after.unknown',
  check: ({ vms }) =>
    vms.flatMap((vm) => {
      const { wave, after = [], index } = vm;
      if (after.length === 0) return [];
      const byName = vmsByName(wave);
      return after.flatMap((name, position) => {
        const found = byName.get(name) ?? [];
        if (found.length === 1) return [];
        const path = ['spec', 'vms', index, 'after', position];
        const message =
          found.length === 0
            ? `the wave ${wave.name} has no VM ${quote(name)}`
            : `the wave ${wave.name} has ${found.length} VMs ${quote(name)}`;
        const remedy =
          found.length === 0
            ? didYouMean(name, [...byName.keys()], 'write the name of a VM of this wave')
            : 'write the path of the one that is meant';
        return [concernAt('after.unknown', wave.origin, path, { message, remedy })];
      });
    }),
};

/** VMs that wait for each other never go on. */
const afterCircle: Rule = {
  id: 'after.circle',
  check: ({ waves }) =>
    waves.flatMap((wave) => {
      if (wave.vms.every(({ after }) => after === undefined)) return [];
      const byName = vmsByName(wave);
      const byAddress = new Map<string, Vm>(wave.vms.map((vm) => [vm.address, vm]));
      const graph = new Map<string, string[]>(
        wave.vms.map(({ address, after = [] }) => [
          address,
          after.flatMap((name) => byName.get(name) ?? []).map((vm) => vm.address),
        ]),
      );
      return findCircles(graph).flatMap((circle) => {
        const vm = byAddress.get(circle[0] ?? '');
        const names = circle.map((address) => address.slice(wave.name.length + 1));
        return vm === undefined ? [] : [vmConcern('after.circle', vm, 'after', circleWords('VMs', names))];
      });
    }),
};

/** VMs that start their cut-over together cannot start it one after the other. */
const afterTogether: Rule = {
  id: 'after.together',
  check: ({ vms }) =>
    vms
      .filter(({ after, wave }) => after !== undefined && wave.advance?.together === 'wave')
      .map((vm) =>
        vmConcern('after.together', vm, 'after', {
          message: `the wave ${vm.wave.name} has advance: together, so that no VM of it waits for another`,
          remedy: 'remove after, or write advance: each in the wave',
        }),
      ),
};

export const DEPENDENCY_RULES: readonly Rule[] = [
  afterCircle,
  afterTogether,
  afterUnknown,
  dependencyCircle,
  dependencyEarly,
  dependencyPhase,
  dependencyUnknown,
];

/** The VMs of a wave by what `after` calls them: name, path, and what their address says after the wave. */
export function vmsByName(wave: Wave): ReadonlyMap<string, readonly Vm[]> {
  const known = NAMES.get(wave);
  if (known !== undefined) return known;
  const byName = new Map<string, Vm[]>();
  for (const vm of wave.vms) {
    const { name, path } = vm.reference;
    for (const key of new Set([name, path, vm.address.slice(wave.name.length + 1)]))
      if (key !== undefined) addToGroup(byName, key, vm);
  }
  NAMES.set(wave, byName);
  return byName;
}

/** Of each wave once: each of its VMs looks others up in it. */
const NAMES = new WeakMap<Wave, ReadonlyMap<string, readonly Vm[]>>();

/** Most members that a message names. */
const NAMED = 6;

function circleWords(what: string, members: readonly string[]) {
  const [first = ''] = members;
  const rest = members.slice(0, NAMED).map((name) => shorten(name));
  const more = members.length > NAMED ? ['…'] : [];
  return {
    message: `these ${what} wait for each other: ${[...rest, ...more, shorten(first)].join(' → ')}`,
    remedy: 'remove one of these dependencies',
  };
}

/**
 * Finds circles in a graph, each once, and no two with a node in common: the nodes of each in the order in which each waits
 * for the next, from the smallest on.
 */
function findCircles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const dependants = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [node, waitsFor] of graph) {
    open.set(node, waitsFor.length);
    for (const other of waitsFor) addToGroup(dependants, other, node);
  }
  const ready = [...graph.keys()].filter((node) => open.get(node) === 0);
  const remove = (): void => {
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
      open.delete(node);
      for (const dependant of dependants.get(node) ?? []) {
        const left = (open.get(dependant) ?? 0) - 1;
        if (!open.has(dependant)) continue;
        open.set(dependant, left);
        if (left === 0) ready.push(dependant);
      }
    }
  };
  remove();
  const circles: string[][] = [];
  for (const start of [...open.keys()].toSorted(byText)) {
    const walked = new Set<string>();
    let node: string | undefined = start;
    while (node !== undefined && open.has(node) && !walked.has(node)) {
      walked.add(node);
      node = graph.get(node)?.find((other) => open.has(other));
    }
    if (node === undefined || !open.has(node)) continue;
    const circle = [...walked].slice([...walked].indexOf(node));
    const smallest = circle.indexOf(circle.toSorted(byText)[0] ?? '');
    circles.push([...circle.slice(smallest), ...circle.slice(0, smallest)]);
    ready.push(...circle);
    remove();
  }
  return circles;
}
