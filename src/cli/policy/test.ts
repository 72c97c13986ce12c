import { EXIT } from '../../core/error.ts';
import { isPassed } from '../../core/results/policy-test.ts';
import { hideSecrets } from '../../core/text.ts';
import type { PolicyTestFormat } from '../../report/formats.ts';
import { POLICY_TEST_RENDERERS } from '../../report/policy/tests.ts';
import { renderValidationText } from '../../report/validation/validation.ts';
import { writeOutput } from '../../workflow/output-files.ts';
import { testPolicies } from '../../workflow/plan/policy-tests.ts';
import type { Context } from '../context.ts';

interface Flags {
  readonly policy?: readonly string[];
  readonly format: PolicyTestFormat;
  readonly out?: string;
}

/** `landfall policy test`: evaluates the policies of the project on the plans of their tests. */
export async function policyTest(
  context: Context,
  { format, out, ...flags }: Flags,
  paths: readonly string[],
): Promise<number> {
  const { host, colors, errorColors, columns } = context;
  const tested = await testPolicies(context, paths.length === 0 ? undefined : paths, flags);
  if (tested.kind === 'invalid') {
    host.stderr.write(renderValidationText({ ...tested, desired: undefined }, { colors: errorColors }));
    return EXIT.error;
  }
  const text = POLICY_TEST_RENDERERS[format](tested.report, { colors, columns });
  if (out === undefined) context.print(text);
  else await writeOutput(host, out, hideSecrets(text));
  return tested.report.cases.every(isPassed) ? EXIT.done : EXIT.error;
}
