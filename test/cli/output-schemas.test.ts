import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { declareCommands } from '../../src/cli/program.ts';
import { checkOutput, OUTPUT_SCHEMAS } from './output-schemas.ts';
import { wave, ScratchProject } from './scratch-project.ts';

const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
defaultTarget: old
targets:
  old: { provider: sms, region: us-west-2, endpoint: local }
  new:
    provider: mgn
    region: us-west-2
    endpoint: local
    mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } }
`;

/** The words of every command that has `--format json`. */
async function commandsWithJson(): Promise<readonly string[]> {
  const commands: string[] = [];
  await declareCommands(new Command('landfall'), (command) => {
    const path: string[] = [];
    for (let at = command; at.parent !== null; at = at.parent) path.unshift(at.name());
    const format = command.options.find(({ long }) => long === '--format');
    if (format?.argChoices?.includes('json') === true) commands.push(path.join(' '));
  });
  return commands;
}

describe('what is printed with --format json', () => {
  it('has a schema for every command', async () => {
    expect((await commandsWithJson()).toSorted()).toEqual(Object.keys(OUTPUT_SCHEMAS).toSorted());
  });

  it('keeps to its schema, in runs of every command', async () => {
    const world = new ScratchProject({
      'landfall.yaml': PROJECT,
      'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }', '{ name: awsscrum-lnx2 }']),
    });
    const seen = new Set<string | undefined>();
    const run = async (...argv: readonly string[]): Promise<void> => {
      // ScratchProject holds the output to the schema as well; here it counts.
      const { stdout } = await world.run(...argv, '--format', 'json');
      expect([argv[0], stdout]).not.toEqual([argv[0], '']);
      seen.add(checkOutput([...argv, '--format', 'json'], stdout));
    };
    try {
      await run('mgn', 'init', 'new', '--auto-approve');
      await run('catalog', 'import', '--wait');
      await run('catalog', 'list');
      await run('validate');
      await run('plan', '--out', 'p.plan');
      await run('targets');
      await run('merge', 'p.plan');
      await run('apply', 'p.plan');
      await run('show', 'p.plan');
      world.now += 6 * 3_600_000;
      await run('status');
      await run('describe', 'awsscrum-lnx1');
      await run('output');
      await run('forecast');
      await run('what-if', '--set', 'waves.sdsc-01.priority=1');
      await run('runbook', 'sdsc-01');
      await run('runs', 'awsscrum-lnx1');
      await run('run', 'awsscrum-lnx1', '--auto-approve');
      await run('drift');
      await run('connectors', 'list');
      await run('connectors', 'disassociate', 'c-415fef98f4c66c487', '--auto-approve');
      world.write('plan.md', (await world.run('plan', '--format', 'markdown')).stdout);
      world.env = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'ucop/waves', GITHUB_TOKEN: 't' };
      await run('comment', '--file', 'plan.md', '--platform', 'github', '--if-missing', 'skip');
      world.env = {};
      await run('import', 'live', '--out', 'waves-live');
      await run('convert', '--to', 'mgn', '--target', 'new');
      await run('catalog', 'delete', '--auto-approve');
      world.write('landfall.yaml', `${PROJECT}policies: [{ name: p, expression: 'false', message: no }]\n`);
      world.write(
        'p.policy-test.yaml',
        'apiVersion: landfall/v1\nkind: PolicyTest\ncases: [{ name: c, change: {}, expect: { p: pass } }]\n',
      );
      await run('policy', 'test');
      await run('explain', 'yaml.tab');
      await run('explain');
      world.write('waves/sdsc-01.yaml', 'kind: wave\n');
      await run('validate');
    } finally {
      await world.dispose();
    }
    expect([...seen].toSorted()).toEqual([...new Set(Object.values(OUTPUT_SCHEMAS))].toSorted());
  });

  it('is refused by the tests where it does not', () => {
    const text = JSON.stringify({
      format_version: '1.0',
      target: 't',
      deleted_servers: 1,
      remaining_jobs: 0,
    });
    const argv = ['catalog', 'delete', '--format', 'json'];
    expect(checkOutput(argv, text)).toBe('catalog-delete');
    for (const wrong of [
      text.replace('1.0', '2.0'),
      text.replace('"t"', '7'),
      text.replace('target', 'more'),
    ]) {
      expect(() => checkOutput(argv, wrong)).toThrow('does not keep to catalog-delete.schema.json');
    }
  });
});
