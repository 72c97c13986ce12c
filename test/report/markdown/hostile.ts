// Names as an attacker would choose them, and plans full of them.
import fc from 'fast-check';
import type { Concern } from '../../../src/core/concern.ts';
import { toAddress } from '../../../src/core/names.ts';
import type { Plan } from '../../../src/core/plan.ts';
import { job, planOf, server, vm, wave } from '../../plan/plan-input.ts';
import { anyText } from '../../setup/any-text.ts';

export const TRICKS = [
  '@everyone',
  'ucop/waves#123',
  '#1',
  'GH-7',
  '!12 ~label %3 $4 &5',
  'a|b|c',
  '`',
  '```',
  '``````````',
  '</code></summary></details><img src=x onerror=alert(1)>',
  '<!-- landfall:ucop:production -->',
  '-->',
  '[click](javascript:alert(1))',
  '![x](https://evil.example/x.png)',
  'https://evil.example',
  'www.evil.example',
  '<https://evil.example>',
  '&lt;b&gt; &#64;everyone',
  '**bold** _it_ ~~gone~~ :tada:',
  '\n::add-mask::x\n::stop-commands::y',
  '%0A::add-mask::x',
  '##[add-mask]x',
  '\r\n/close\r\n',
  '\u001b[31mred\u009b1m',
  '\u202egnp.exe\u2066',
  '\u0000\u0007\ufffe\uffff\ud800',
  ']]>',
  '<![CDATA[',
  '{0} {{x}}',
  '\\',
  '\\`',
  '" \' `" `',
  '   ',
  '\u{1f4a5}'.repeat(60),
  '\u6f22'.repeat(300),
  '~~~',
  '# heading',
  '- [ ] task',
  '=====',
  '$`x`$',
  'deadbee1 0123abc',
] as const;

const part = fc.oneof(
  fc.constantFrom(...TRICKS),
  anyText({ maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('`', '@', '<', '>', '"', ' ', 'a', '\n', '|', '[', ']', '-') }),
);

/** A name of up to several tricks one after the other. */
export const hostileName = fc
  .array(part, { minLength: 1, maxLength: 3 })
  .map((parts) => `x${parts.join('')}`);

const hostileConcern = (text: string, severity: Concern['severity'], line: number): Concern => ({
  id: severity === 'warning' ? 'guest.unknown' : 'guest.unsupported',
  severity,
  message: `os ${JSON.stringify(text)} of ${text} cannot be migrated`,
  remedy: `run \`landfall ${text}\``,
  address: toAddress(text),
  target: text,
  place: { file: `waves/${text}.yaml`, line, column: 7 },
});

/** Plans in which every name is hostile, from one wave to so many that no comment holds them. */
export const hostilePlan: fc.Arbitrary<Plan> = fc
  .record({
    names: fc.uniqueArray(hostileName, { minLength: 1, maxLength: 6 }),
    waves: fc.integer({ min: 1, max: 12 }),
    perWave: fc.integer({ min: 1, max: 40 }),
    concerns: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ names, waves, perWave, concerns }) => {
    const nth = (index: number): string => names[index % names.length] ?? '';
    const plan = planOf({
      waves: Array.from({ length: waves }, (_, index) => wave(`${nth(index)}${index}`, perWave - 1)),
      vms: Array.from({ length: waves * perWave }, (_, index) => {
        const of = Math.floor(index / perWave);
        return vm(`${nth(index)}${index}`, {
          wave: `${nth(of)}${of}`,
          address: toAddress(`${nth(of)}${of}/${nth(index)}${index}`),
          settings: { frequency: 24, description: nth(index), [nth(index)]: nth(index + 1) },
        });
      }),
      servers: Array.from({ length: waves * perWave }, (_, index) => server(`${nth(index)}${index}`)),
      jobs: Array.from({ length: waves * perWave }, (_, index) => index)
        .filter((index) => index % 3 === 0)
        .map((index) => job(`${nth(index)}${index}`, { owner: { project: 'ucop', wave: nth(index) } })),
      observed: { account: nth(0) },
    });
    return {
      ...plan,
      project: nth(1),
      targets: plan.targets.map((target) => ({ ...target, region: nth(2), endpoint: nth(3) })),
      concerns: [
        ...plan.concerns,
        ...Array.from({ length: concerns }, (_, index) =>
          hostileConcern(nth(index), index % 2 === 0 ? 'critical' : 'warning', index + 1),
        ),
      ],
    };
  });
