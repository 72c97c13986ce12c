import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { CONCERNS } from '../../../src/core/concern-ids.ts';
import { ScratchProject } from '../scratch-project.ts';

interface Listed {
  readonly explanations: readonly { readonly id: string; readonly kind: string }[];
}

/** The codes in the source: a union of types leaves nothing behind at run time. */
const CODES = [
  ...readFileSync(new URL('../../../src/core/error.ts', import.meta.url), 'utf8').matchAll(
    /^ {2}\| '(\w+)'/gm,
  ),
].map(([, code]) => code);

describe('landfall explain', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject();
    // Whoever has no project yet may ask as well.
    world.remove('landfall.yaml');
  });
  afterEach(async () => {
    await world.dispose();
  });

  it('explains every concern and every error code, and nothing else', async () => {
    const { stdout } = await world.run('explain', '--format', 'json');
    const ids = (kind: string) =>
      (JSON.parse(stdout) as Listed).explanations.filter((one) => one.kind === kind).map(({ id }) => id);
    expect(ids('concern').toSorted()).toEqual(Object.keys(CONCERNS).toSorted());
    expect(ids('error').toSorted()).toEqual(CODES.toSorted());
  });

  it('tells what it means, why it matters, what to do, and who says so', async () => {
    const { code, stdout } = await world.run('explain', 'licence.linux-aws');
    expect(code).toBe(0);
    for (const part of [
      'Why it matters',
      'What to do',
      'Example',
      'Source',
      'Licensing for Linux',
      'Cloud Access',
    ])
      expect(stdout).toContain(part);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('takes an id in any case, and suggests the one that was meant', async () => {
    expect(await world.run('explain', 'plan_stale')).toMatchObject({ code: 0 });
    const { code, stderr } = await world.run('explain', 'licence.linux-asw');
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean licence.linux-aws?');
  });

  it('lists those that begin as the id does', async () => {
    const { code, stdout } = await world.run('explain', 'licence');
    expect(code).toBe(0);
    const listed = stdout.split('\n').filter((line) => line.startsWith(' '));
    expect(listed.length).toBeGreaterThan(2);
    for (const line of listed) expect(line.trim()).toMatch(/^licence\./);
    expect(stdout).not.toContain('Errors');
    const locks = await world.run('explain', 'lock', '--format', 'markdown');
    expect(locks.stdout).toContain('## Errors');
    expect(locks.stdout).not.toContain('## Concerns');
    // The clause has a colon in its code.
    expect(locks.stdout).toContain('`If-None-Match: *`, by which only one of two writers succeeds |');
    expect((await world.run('explain', 'licence.linux')).stdout).toMatch(/^critical licence\.linux-aws\n/);
    expect(await world.run('explain', 'licen')).toMatchObject({ code: 1 });
    expect(await world.run('explain', '')).toMatchObject({ code: 1 });
  });

  it('lists all of them, one line each', async () => {
    const { stdout } = await world.run('explain');
    for (const id of [...Object.keys(CONCERNS), ...CODES])
      expect(stdout.split('\n').filter((line) => line.trim().split(' ')[0] === id)).toHaveLength(1);
  });

  it('writes summaries in lower case, and names as they are', async () => {
    const { stdout } = await world.run('explain');
    expect(stdout).toMatch(
      /PLATFORM_UNREACHABLE +GitHub, GitLab, Azure DevOps or Bitbucket cannot be reached/,
    );
    expect(stdout).toMatch(/FILE_UNWRITABLE +a file cannot be written/);
  });

  it('renders one as Markdown', async () => {
    const { stdout } = await world.run('explain', 'yaml.tab', '--format', 'markdown');
    expect(stdout).toMatch(/^## yaml\.tab\n\n\*\*error\*\*: /);
  });
});
