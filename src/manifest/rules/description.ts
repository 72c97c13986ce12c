import type { Vm } from '../model.ts';
import { type Rule, settingConcern } from './rule.ts';

/** Room for a description together with its marker: the service publishes no limit, and shows long ones badly. */
const MAX_DESCRIPTION = 255;

/** A marker in a manifest would claim a job of SMS for another project, or disown it; on MGN tags are the marker. */
export const descriptionMarker: Rule = {
  id: 'description.marker',
  check: ({ vms, providerOf }) =>
    vms
      .filter((vm) => /\[landfall:/i.test(descriptionOf(vm)) && providerOf(vm.wave) !== 'mgn')
      .map((vm) =>
        settingConcern('description.marker', vm, 'description', {
          message: 'the description contains "[landfall:", which marks the owner of a job',
          remedy: 'leave it out: landfall adds the marker itself',
        }),
      ),
};

/** The marker, ` [landfall:<project>/<wave>]`, must fit behind the description. */
export const descriptionTooLong: Rule = {
  id: 'description.too-long',
  check: ({ waves, project, providerOf }) =>
    waves.flatMap((wave) => {
      const { name, vms } = wave;
      if (providerOf(wave) === 'mgn') return [];
      const room = MAX_DESCRIPTION - ` [landfall:${project?.name ?? ''}/${name}]`.length;
      return vms
        .filter((vm) => descriptionOf(vm).length > room)
        .map((vm) =>
          settingConcern('description.too-long', vm, 'description', {
            message: `the description has ${descriptionOf(vm).length} characters; with the ownership marker there is room for ${room}`,
            remedy: 'shorten it',
          }),
        );
    }),
};

function descriptionOf({ settings }: Vm): string {
  return String(settings['description'] ?? '');
}
