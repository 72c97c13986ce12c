import { isLoopback } from '../../core/desired.ts';
import { quote } from '../../core/text.ts';
import { didYouMean } from '../../core/suggest.ts';
import { concernAt, type Rule } from './rule.ts';

/** A list in which every VM is commented out is easily overlooked, and deletes the jobs of the wave. */
export const waveEmpty: Rule = {
  id: 'wave.empty',
  check: ({ waves }) =>
    waves
      .filter(({ isEmpty }) => isEmpty)
      .map(({ name, origin }) =>
        concernAt('wave.empty', origin, ['spec', 'vms'], {
          message: `the wave ${name} lists no VMs`,
          remedy: 'add its VMs, or remove the wave',
        }),
      ),
};

/** Every wave, and the default, must name a target of the project. */
export const targetUnknown: Rule = {
  id: 'target.unknown',
  check: ({ waves, project }) => {
    // Without any target there is an error about that already.
    if (project === undefined || project.targetNames.length === 0) return [];
    const { targetNames, defaultTarget, origin } = project;
    const known = `the project has ${targetNames.join(', ')}`;
    const words = (target: string) => ({
      message: `there is no target ${quote(target)}`,
      remedy: didYouMean(target, targetNames, known),
    });
    const isUnknown = (target: string | undefined) => target !== undefined && !targetNames.includes(target);

    const ofDefault = isUnknown(defaultTarget)
      ? [concernAt('target.unknown', origin, ['defaultTarget'], words(defaultTarget ?? ''))]
      : [];
    const ofWaves = waves.flatMap(({ target, origin: wave, name }) => {
      if (isUnknown(target))
        return [concernAt('target.unknown', wave, ['spec', 'target'], words(target ?? ''))];
      if (target !== undefined || defaultTarget !== undefined) return [];
      const message = `the wave ${name} names no target, and the project has no defaultTarget`;
      return [concernAt('target.unknown', wave, ['spec'], { message, remedy: `add target: ${known}` })];
    });
    return [...ofDefault, ...ofWaves];
  },
};

/** A local target cannot reach AWS (design, rule 7): so its lock must be on this machine; it has one by default. */
export const targetLockNotLocal: Rule = {
  id: 'target.lock-not-local',
  check: ({ project }) =>
    (project?.targets ?? []).flatMap(({ name, endpoint, lock }) => {
      if (project === undefined || endpoint !== 'local' || lock === undefined) return [];
      if (isLoopback(lock.endpoint)) return [];
      const where = lock.endpoint === undefined ? 'AWS' : quote(lock.endpoint);
      const path = ['targets', name, 'lock', ...(lock.endpoint === undefined ? [] : ['s3', 'endpoint'])];
      return [
        concernAt('target.lock-not-local', project.origin, path, {
          message: `the target ${name} is local, and its lock is at ${where}`,
          remedy:
            'remove lock: with endpoint: local, a file is locked without it; or give the lock an endpoint on this machine, such as http://127.0.0.1:9000',
        }),
      ];
    }),
};
