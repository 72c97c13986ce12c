import type { Desk } from '../../operations/desk.ts';
import type { MgnCommand } from '../commands.ts';
import type { MgnQuotas } from '../quotas.ts';
import { invalid, uninitialized } from './errors.ts';
import { MGN_OPERATIONS } from './table.ts';
import { FORMS, inputOf } from './validate.ts';

/** Carries out an operation of MGN that there is; a 204 has no body. */
export function callMgn(
  operation: string,
  body: object,
  service: Desk,
  { region, quotas }: { readonly region: string; readonly quotas: MgnQuotas },
): { readonly status: number; readonly output: object } {
  const { world } = service;
  const input = inputOf(operation, body);
  const { status = 200 } = FORMS.get(operation) ?? {};
  if (operation === 'InitializeService') {
    if (world.mgn === undefined) service.commit({ do: 'mgn', mgn: { do: 'initialize' } });
    return { status, output: {} };
  }
  const { mgn } = world;
  if (mgn === undefined) throw uninitialized();
  const run = MGN_OPERATIONS.get(operation);
  if (run === undefined) throw invalid(`There is no operation ${operation}.`);
  const desk = {
    world,
    mgn,
    quotas,
    region,
    commit: (command: MgnCommand) => {
      service.commit({ do: 'mgn', mgn: command });
    },
  };
  return { status, output: run(desk, input) };
}
