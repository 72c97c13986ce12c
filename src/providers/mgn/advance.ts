import { LandfallError } from '../../core/error.ts';
import type { StepRequest, StepResult } from '../../core/provider.ts';
import type { MgnContext } from './context.ts';

/** Takes the same step with some servers; never throws for one of them. */
export function advance(
  step: string,
  requests: readonly StepRequest[],
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- steps need it
  _context: MgnContext,
): Promise<readonly StepResult[]> {
  const error = new LandfallError('INTERNAL', `AWS MGN knows no step ${step}`, { source: 'landfall' });
  return Promise.resolve(requests.map(({ id }) => ({ id, error })));
}
