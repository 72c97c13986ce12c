import { afterEach, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exampleTexts } from '../manifest/examples.ts';
import { TRICKS } from '../report/markdown/hostile.ts';
import { COMMANDS, commandsIn } from '../report/runner-commands.ts';
import { anyText } from '../setup/any-text.ts';
import { PROJECT, wave, ScratchProject } from './scratch-project.ts';
import { tries } from '../setup/tries.ts';

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject();
});
afterEach(() => world.dispose());

const WAVE = wave('a', ['{ name: awsscrum-lnx1 }']);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const piece = fc.oneof(
  fc.constantFrom<string>(...TRICKS, ...COMMANDS),
  fc.constantFrom(
    '*a',
    '&a ',
    '<<: ',
    '!!js/function x',
    '1e400',
    '__proto__: ',
    '[[[[[[',
    '\n  - ',
    ': ',
    '"',
    '${HOME}',
  ),
  anyText({ maxLength: 20 }),
);
const mutated = fc
  .record({
    text: fc.constantFrom(WAVE, PROJECT, ...exampleTexts()),
    edits: fc.array(fc.record({ at: fc.nat(1000), remove: fc.nat(20), insert: piece }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ text, edits }) =>
    encode(
      edits.reduce(
        (rest, { at, remove, insert }) => rest.slice(0, at) + insert + rest.slice(at + remove),
        text,
      ),
    ),
  );
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.array(piece, { maxLength: 12 }).map((pieces) => encode(pieces.join(''))),
  mutated,
);

it('whatever the files hold, a run ends with a result or a reported problem, and prints nothing raw', async () => {
  const format = fc.constantFrom('text', 'json', 'github', 'gitlab', 'junit', 'sarif');
  const file = fc.constantFrom('waves/a.yaml', 'landfall.yaml', 'waves/b.yaml');
  const run = fc.record({ command: fc.constantFrom('validate', 'plan'), format, file, content: bytes });
  await fc.assert(
    fc.asyncProperty(run, async ({ command, format, file, content }) => {
      world.write('landfall.yaml', PROJECT);
      world.write('waves/a.yaml', WAVE);
      world.write(file, content);
      // Who knows where a target that was made by chance would lead a plan.
      const looks = file === 'landfall.yaml' ? 'validate' : command;
      const { code, stdout, stderr } = await world.run(looks, '--format', format);
      expect([0, 1, 3]).toContain(code);
      expect(stdout + stderr).not.toMatch(/INTERNAL|\n {4}at /);
      expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      const foreign = commandsIn(stdout + stderr).filter(
        (line) => !/^::(error|warning) file=[^:]*,line=\d/.test(line),
      );
      expect(foreign).toEqual([]);
      if (code === 1) expect(stdout + stderr).not.toBe('');
      if (['json', 'gitlab', 'sarif'].includes(format) && stdout !== '') JSON.parse(stdout);
      if (file === 'waves/b.yaml') world.remove(file);
    }),
    tries(50),
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});
