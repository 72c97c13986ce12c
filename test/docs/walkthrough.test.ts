import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { World } from '../cli/world.ts';

const FILE = new URL('../../docs/walkthrough.md', import.meta.url);
const BLOCK = /^```(yaml|console)\n([\s\S]*?)^```$/gm;

describe('docs/walkthrough.md', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    world.now = Date.parse('2018-11-06T16:00:00Z');
  });
  afterEach(async () => {
    await world.dispose();
  });

  /** What a `console` block says after its commands have been run, in turn. */
  async function replay(block: string): Promise<string> {
    const printed: string[] = [];
    for (const line of block.split('\n').filter((text) => text.startsWith('$ '))) {
      const [program, ...argv] = line.slice(2).split(' ');
      printed.push(`${line}\n`);
      if (program === 'rm') world.remove(argv[0] ?? '');
      else {
        expect(program).toBe('landfall');
        const { code, stdout, stderr } = await world.run(...argv);
        printed.push(code === 0 || code === 3 ? stdout : `${stdout}${stderr}`);
      }
    }
    return printed.join('');
  }

  it.each(['model', 'console'] as const)(
    'prints what it says, enum values spelled as by the %s',
    async (style) => {
      if (style === 'console') await world.serve({ wireStyle: style });
      const text = readFileSync(FILE, 'utf8');
      const pieces: string[] = [];
      let end = 0;
      for (const match of text.matchAll(BLOCK)) {
        const [whole, kind, body = ''] = match;
        if (kind === 'yaml') world.write(/^# (\S+)\n/.exec(body)?.[1] ?? '', body);
        const now = kind === 'yaml' ? whole : `\`\`\`console\n${await replay(body)}\`\`\``;
        pieces.push(text.slice(end, match.index), now);
        end = match.index + whole.length;
      }
      const replayed = pieces.join('') + text.slice(end);
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(FILE, replayed);
      expect(replayed).toBe(readFileSync(FILE, 'utf8'));
    },
  );
});
