import { expect, it } from '@jest/globals';
import { ScratchProject, wave } from '../cli/scratch-project.ts';
import { readYaml } from './read-yaml.ts';

interface Hook {
  readonly id: string;
  readonly name: string;
  readonly entry: string;
  readonly language: string;
  readonly files: string;
  readonly pass_filenames: boolean;
}

it('the hook of pre-commit runs for manifests alone, and its command fails for those that are invalid', async () => {
  // pre-commit.com, "Creating new hooks": id, name, entry and language are required.
  const [hook] = readYaml('.pre-commit-hooks.yaml') as readonly Hook[];
  expect(hook).toMatchObject({
    id: 'landfall-validate',
    name: expect.any(String) as unknown,
    language: 'system',
    pass_filenames: false,
  });
  const files = new RegExp(hook?.files ?? '');
  const paths = ['landfall.yaml', 'dc/landfall.yaml', 'waves/a.yaml', 'dc/waves/east/b.yml'];
  expect(paths.filter((path) => files.test(path))).toEqual(paths);
  const others = ['README.md', 'my-landfall.yaml', 'waves/readme.md', 'heatwaves/a.yaml'];
  expect(others.filter((path) => files.test(path))).toEqual([]);

  const [program, ...argv] = hook?.entry.split(' ') ?? [];
  expect(program).toBe('landfall');
  const world = new ScratchProject({ 'waves/w.yaml': wave('w', ['{ name: awsscrum-lnx1 }']) });
  try {
    expect((await world.run(...argv)).code).toBe(0);
    world.write('waves/broken.yaml', 'apiVersion: landfall/v1\nkind: Wave\nspec: 7\n');
    expect((await world.run(...argv)).code).toBe(1);
  } finally {
    await world.dispose();
  }
});
