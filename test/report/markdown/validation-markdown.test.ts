import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Concern } from '../../../src/core/concern.ts';
import type { Desired } from '../../../src/core/desired.ts';
import { toAddress } from '../../../src/core/names.ts';
import { readMarker } from '../../../src/core/comment.ts';
import { commentMarker } from '../../../src/report/markdown/comment.ts';
import { MIN_BUDGET } from '../../../src/report/text/escape.ts';
import { renderValidationMarkdown, type ValidationSource } from '../../../src/report/validation/markdown.ts';
import { FILES, TROUBLES } from '../formats/reports.ts';
import { expectGolden } from '../golden.ts';
import { hostileName, TRICKS } from './hostile.ts';
import { expectOnlyOurs } from './parsed.ts';
import { expectWellFormed } from './well-formed.ts';
import { tries } from '../../setup/tries.ts';

const SOURCE: ValidationSource = {
  projectFile: 'landfall.yaml',
  project: 'ucop',
  targets: ['production'],
  commit: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
};
const DESIRED = { waves: [1, 2], vms: [1, 2, 3] } as unknown as Desired;

const markerOf = ({ project, projectFile, targets }: ValidationSource): string =>
  commentMarker(project ?? `?${projectFile}`, targets);

function render(concerns: readonly Concern[], source = SOURCE, desired?: Desired, most?: number): string {
  const text = renderValidationMarkdown({ desired, concerns, files: FILES }, source, 'plan', most);
  expectWellFormed(text, markerOf(source));
  return text;
}

describe('what is wrong with manifests, as a comment', () => {
  it('says why there is no plan', () => {
    expectGolden('validation-troubled.md', render(TROUBLES));
  });

  it('is two lines where nothing is wrong', () => {
    expect(render([], SOURCE, DESIRED)).toBe(
      'Manifests of `ucop` are valid: 2 waves, 3 VMs.\n\n<!-- landfall:ucop:production -->\n',
    );
  });

  it('tells what is worth a look from what keeps a VM from moving', () => {
    const critical = TROUBLES.filter(({ severity }) => severity === 'critical');
    expect(render(critical, SOURCE, DESIRED).split('\n')[0]).toBe(
      'Manifests of `ucop` have errors: **5 errors**, 2 waves, 3 VMs.',
    );
    const warnings = TROUBLES.filter(({ severity }) => severity === 'warning');
    expect(render(warnings, SOURCE, DESIRED).split('\n')[0]).toBe(
      'Manifests of `ucop` are valid: 1 warning, 2 waves, 3 VMs.',
    );
  });

  it('replaces no plan where nobody knows whose it would be', () => {
    const { projectFile, targets } = SOURCE;
    const text = render(TROUBLES, { projectFile, targets });
    expect(text.split('\n')[0]).toContain('**No plan** for `landfall.yaml`');
    expect(readMarker(text)).not.toBe(readMarker(render(TROUBLES)));
  });

  it.each(TRICKS)('obeys nothing in %j', async (trick) => {
    const concern: Concern = {
      id: 'schema.value',
      severity: 'error',
      message: `${trick} is not a value`,
      remedy: `write \`${trick}\``,
      address: toAddress(trick),
      place: { file: trick, line: 1, column: 1 },
    };
    const source = { ...SOURCE, project: trick, targets: [trick] };
    const concerns = [concern, { ...concern, severity: 'warning' as const }];
    await expectOnlyOurs(render(concerns, source), markerOf(source));
  });

  it('fits every budget', () => {
    fc.assert(
      fc.property(
        fc.array(hostileName, { minLength: 1, maxLength: 300 }),
        fc.integer({ min: MIN_BUDGET, max: 70_000 }),
        fc.integer({ min: 1, max: 200 }),
        (names, most, times) => {
          const concerns = names.map((name, index): Concern => ({
            id: 'schema.value',
            severity: index % 3 === 0 ? 'warning' : 'error',
            message: name.repeat(times),
            remedy: `${index} ${name.repeat(times)}`,
            place: { file: name, line: index + 1, column: 1 },
          }));
          const source = { ...SOURCE, project: names[0] ?? '' };
          expect(Buffer.byteLength(render(concerns, source, undefined, most))).toBeLessThanOrEqual(most);
        },
      ),
      tries(15),
    );
  });
});
