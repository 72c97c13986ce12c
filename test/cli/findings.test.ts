import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FINDING_FORMATS } from '../report/formats/reports.ts';
import { sarifProblems } from '../report/formats/sarif-schema.ts';
import { parseXml } from '../report/formats/xml-parser.ts';
import { PROJECT, wave, ScratchProject } from './scratch-project.ts';

const COMMANDS = ['validate', 'plan'] as const;

describe('findings for pipelines', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']) });
  });
  afterEach(async () => {
    await world.dispose();
  });

  it.each(COMMANDS)('are none where %s finds nothing', async (command) => {
    expect(await world.run(command, '--format', 'github')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(JSON.parse((await world.run(command, '--format', 'gitlab')).stdout)).toEqual([]);
    const { stdout } = await world.run(command, '--format', 'junit');
    expect(parseXml(stdout).attributes).toMatchObject({ name: `landfall ${command}`, failures: '0' });
    const sarif: unknown = JSON.parse((await world.run(command, '--format', 'sarif')).stdout);
    expect(sarifProblems(sarif)).toEqual([]);
    expect(sarif).toMatchObject({
      runs: [{ results: [], automationDetails: { id: `landfall/${command}/landfall.yaml/` } }],
    });
  });

  it.each(COMMANDS)('are there though %s has no manifests to go by', async (command) => {
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', ['{ nmae: awsscrum-lnx1 }']));
    const { code, stdout } = await world.run(command, '--format', 'github');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error file=waves\/sdsc-01\.yaml,line=7,.*did you mean/m);
    for (const format of FINDING_FORMATS) {
      expect((await world.run(command, '--format', format)).stdout).toContain('waves/sdsc-01.yaml');
    }
  });

  it('are those of the plan too, with its exit codes', async () => {
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', ['{ name: typo }']));
    for (const format of FINDING_FORMATS) {
      const { code, stdout } = await world.run('plan', '--format', format);
      expect(code).toBe(3);
      expect(stdout).toContain('vm.unknown');
    }
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', ['{ name: awsscrum-lnx1 }']));
    expect(await world.run('plan', '--format', 'sarif', '--detailed-exitcode')).toMatchObject({ code: 2 });
  });

  it('are those of a saved plan, from the top of the checkout, wherever it is shown', async () => {
    world.write('infra/landfall.yaml', PROJECT);
    world.write('infra/waves/a.yaml', wave('a', ['{ name: typo }', '{ name: awsscrum-lnx1 }']));
    world.write('elsewhere/.keep', '');
    world.remove('landfall.yaml');
    world.env = { GITHUB_WORKSPACE: world.folder };
    world.cwd = `${world.folder}/infra`;
    const planned: Record<string, string> = {};
    for (const format of FINDING_FORMATS) {
      planned[format] = (await world.run('plan', '--format', format, '--out', '../p.json')).stdout;
    }
    const show = (...argv: readonly string[]) => world.run('show', `${world.folder}/p.json`, ...argv);
    for (const format of FINDING_FORMATS) {
      const shown = await show('--format', format);
      expect(shown).toMatchObject({ code: 0, stdout: planned[format] });
      expect(shown.stdout).toContain('vm.unknown');
      expect(shown.stderr).toContain('Still fresh');
    }
    world.cwd = `${world.folder}/elsewhere`;
    const away = await show('--format', 'github', '--project', '../infra');
    expect(away.stdout).toBe(planned['github']);
    const lost = await show('--format', 'github');
    expect(lost).toMatchObject({ code: 0 });
    expect(lost.stdout).toContain('waves/a.yaml');
    expect(lost.stderr).toContain('could not be checked');
  });

  it('without a place stand at the project file', async () => {
    world.write(
      'landfall.yaml',
      `${PROJECT}  other: { provider: sms, region: us-east-1, endpoint: local }\n`,
    );
    expect((await world.run('plan', '--format', 'github')).stdout).toMatch(
      /^::warning file=landfall\.yaml,line=\d+,col=\d+,title=landfall%3A target\.not-looked-at::/,
    );
  });

  it.each(['GITHUB_WORKSPACE', 'CI_PROJECT_DIR'])(
    'name files from the top of the checkout (%s)',
    async (name) => {
      world.env = { [name]: world.folder };
      world.write('infra/landfall.yaml', PROJECT);
      world.write('infra/waves/a.yaml', wave('a', ['{ nmae: x }']));
      world.cwd = `${world.folder}/infra`;
      expect((await world.run('validate', '--format', 'github')).stdout).toContain(
        'file=infra/waves/a.yaml,',
      );
      world.env = { [name]: '/elsewhere' };
      expect((await world.run('validate', '--format', 'github')).stdout).toContain('file=waves/a.yaml,');
    },
  );
});
