import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ScratchProject } from '../cli/scratch-project.ts';
import { PAGES } from './command-lines.ts';

const WHOLE = /^```yaml\n((?:#.*\n)*apiVersion: landfall\/v1\nkind: (Wave|Project)\n[\s\S]*?)^```$/gm;

/** In the stories such files are written and planned, mistakes of a newcomer among them; concerns.md and the explanations show mistakes. */
const OTHERWISE = [
  'docs/tutorial.md',
  'docs/walkthrough.md',
  'docs/import.md',
  'docs/mgn.md',
  'docs/concerns.md',
];

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject();
});
afterEach(async () => {
  await world.dispose();
});

const manifests = PAGES.filter(
  (page) => !OTHERWISE.includes(page) && !page.startsWith('src/report/explanations/'),
).flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(WHOLE)].map(([, text = '', kind = '']) => ({ page, text, kind })),
);

it.each(manifests)('a $kind in $page is valid', async ({ text, kind }) => {
  world.write(kind === 'Wave' ? 'waves/it.yaml' : 'landfall.yaml', text);
  if (kind === 'Project')
    world.write(
      'waves/it.yaml',
      'apiVersion: landfall/v1\nkind: Wave\nmetadata: { name: it }\nspec: { vms: [] }\n',
    );
  expect(await world.run('validate', '--quiet')).toMatchObject({ code: 0, stderr: '' });
});

it('the README tells of a wave file', () => {
  expect(manifests.filter(({ page }) => page === 'README.md')).toHaveLength(1);
});
