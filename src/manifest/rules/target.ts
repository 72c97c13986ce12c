import { concern } from '../concern.ts';
import { quote } from '../shorten.ts';
import { didYouMean } from '../suggest.ts';
import type { Rule } from './rule.ts';

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
      ? [concern('target.unknown', origin, ['defaultTarget'], words(defaultTarget ?? ''))]
      : [];
    const ofWaves = waves.flatMap(({ target, origin: wave, name }) => {
      if (isUnknown(target))
        return [concern('target.unknown', wave, ['spec', 'target'], words(target ?? ''))];
      if (target !== undefined || defaultTarget !== undefined) return [];
      const message = `the wave ${name} names no target, and the project has no defaultTarget`;
      return [concern('target.unknown', wave, ['spec'], { message, remedy: `add target: ${known}` })];
    });
    return [...ofDefault, ...ofWaves];
  },
};
