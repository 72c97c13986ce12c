import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { validatorOf, type Kind } from '../schemas.ts';
import { mapAt, type Value, type ValueMap } from './value.ts';

/** Errors of one document beyond which the rest is left out; a file with more of them has one cause. */
const MOST = 100_000;

/**
 * All schema errors of a document. VMs are checked one at a time: the validator copies all errors so far for each
 * part of a document that has some, which takes hours for a hostile list of VMs.
 */
export function validate(kind: Kind, document: ValueMap): ErrorObject[] {
  const spec = mapAt(document, 'spec');
  const { vms } = spec;
  if (kind !== 'Wave' || !Array.isArray(vms)) return errorsOf(validatorOf(kind), document);

  const validator = validatorOf('Wave');
  const errors = errorsOf(validator, { ...document, spec: { ...spec, vms: [] } });
  const vmValidator = validatorOf('Wave', 'vm');
  for (const [index, vm] of vms.entries()) {
    for (const error of errorsOf(vmValidator, vm)) {
      errors.push({ ...error, instancePath: `/spec/vms/${index}${error.instancePath}` });
    }
    if (errors.length >= MOST) break;
  }
  return errors;
}

function errorsOf(validator: ValidateFunction, value: Value): ErrorObject[] {
  return validator(value) ? [] : [...(validator.errors ?? [])];
}
