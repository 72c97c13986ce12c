import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Seen, TOKEN, type Reply } from '../platforms/fake.ts';
import { FakeGitHub } from '../platforms/fake-github.ts';
import { PROJECT, wave, ScratchProject } from '../cli/scratch-project.ts';
import { Shell } from './shell.ts';

const TARGETS = `${PROJECT}  production: { provider: sms, region: us-west-2, endpoint: local }\n`;

/** The data centre that the documents tell of, as an export. */
const EXPORT = [
  'VM,Powerstate,Template,Folder,Datacenter,Cluster,OS according to the configuration file,VM ID,VM UUID,VI SDK Server,VI SDK UUID',
  ...['awsscrum-lnx1', 'awsscrum-lnx2', 'app-01', 'db-01', 'web-05', 'web-06', 'grants-web01'].map(
    (name, index) =>
      `${name},poweredOn,False,SDSC/vm/Scrum,SDSC,C1,Red Hat Enterprise Linux 7 (64-bit),vm-${index},${index},vcenter1,8DA3177D`,
  ),
  '',
].join('\n');

/** GitHub with any pull request of ucop/waves. */
class AnyPullRequest extends FakeGitHub {
  protected override answer(seen: Seen): Reply {
    return super.answer({
      ...seen,
      path: seen.path.replace(/\/issues\/\d+\/comments$/, '/issues/7/comments'),
    });
  }
}

/**
 * A project as the documents have it: waves that have been applied, a change since in git, saved plans, and a pull
 * request. It is made once and copied for each block.
 */
export class Scratch {
  readonly #template = mkdtempSync(join(tmpdir(), 'landfall-docs-'));
  readonly #github = new AnyPullRequest();

  async prepare(): Promise<void> {
    await this.#github.listen();
    const world = new ScratchProject({
      'landfall.yaml': TARGETS,
      'RVTools_tabvInfo.csv': EXPORT,
      'waves/sdsc-01.yaml': wave(
        'sdsc-01',
        ['awsscrum-lnx1', 'app-01', 'db-01'].map((name) => `{ name: ${name}, os: rhel-7.3 }`),
      ),
      'waves/opdc-01.yaml': wave('opdc-01', ['{ name: grants-web01, os: rhel-7.3 }']),
      'faults.yaml': 'latency: 1\n',
      'inventory.csv':
        'mgn:region,mgn:wave:name,mgn:app:name,mgn:server:user-provided-id\nus-west-2,w1,shop,web-05\n',
      ...Object.fromEntries(
        ['datacenter', 'east', 'west'].flatMap((name) => [
          [`${name}/landfall.yaml`, PROJECT.replace('ucop', name)],
          [`${name}/waves/sdsc-01.yaml`, wave('sdsc-01', ['{ name: awsscrum-lnx1, os: rhel-7.3 }'])],
        ]),
      ),
      '.gitignore': '.landfall/\n*.plan\n',
    });
    const shell = new Shell(world);
    for (const line of [
      'git init -q -b main --template=',
      'landfall local load RVTools_tabvInfo.csv',
      'landfall catalog import --wait',
      'landfall apply --auto-approve',
      'git add .',
      'git commit -qm first',
      'git update-ref refs/remotes/origin/main HEAD',
    ]) {
      const { code, stderr } = await shell.run(line);
      if (code !== 0) throw new Error(`${line}: ${stderr}`);
    }
    world.write(
      'waves/sdsc-01.yaml',
      world.read('waves/sdsc-01.yaml').replace('frequency: 12', 'frequency: 12, roleName: sms'),
    );
    world.write('waves/sdsc-02.yaml', wave('sdsc-02', ['{ name: web-05, os: rhel-7.3 }']));
    for (const line of [
      'landfall plan --format markdown --out wave.plan > plan.md',
      'git add .',
      'git commit -qm second',
    ])
      await shell.run(line);
    mkdirSync(this.#template, { recursive: true });
    cpSync(world.folder, this.#template, { recursive: true });
    await world.dispose();
  }

  /** A world with a copy of the project, in a pipeline on GitHub, whose user says yes. */
  open(): ScratchProject {
    const world = new ScratchProject();
    cpSync(this.#template, world.folder, { recursive: true });
    world.answer = 'yes';
    world.env = {
      PATH: process.env['PATH'] ?? '',
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: this.#github.origin,
      GITHUB_REPOSITORY: 'ucop/waves',
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_TOKEN: TOKEN,
    };
    return world;
  }

  async close(): Promise<void> {
    await this.#github.close();
    rmSync(this.#template, { recursive: true, force: true });
  }
}
