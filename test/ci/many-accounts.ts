import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LocalEndpoint, startLocalEndpoint } from '../../src/local/index.ts';
import { BIN } from '../setup/program.ts';
import { type Env, pathOf, run, type Ran, startGit } from './scripts.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The waves of three targets: those of the portal wait for the directory, which is on another target. */
const WAVES = [
  ['directory', 'west', ['awsscrum-lnx1'], ''],
  ['portal', 'east', ['awsscrum-lnx2'], '\n  dependsOn: [{ wave: directory, phase: replicate }]'],
  ['archive', 'north', ['awsscrum-win1'], ''],
] as const;

/** A project of three targets, on an endpoint that is there for the whole test, of which each runner has a checkout of its own. */
export class ManyAccounts {
  readonly #folder = mkdtempSync(join(tmpdir(), 'landfall-accounts-'));
  readonly project = join(this.#folder, 'project');
  /** What all processes have in their environment. */
  readonly env: Env = { PATH: pathOf(), AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  #endpoint: LocalEndpoint | undefined;
  #checkouts = 0;

  /** @param pipeline the folder of examples/ci with the pipeline, and where its files go */
  async begin(pipeline: string, into: string): Promise<void> {
    this.#endpoint = await startLocalEndpoint({ folder: join(this.#folder, 'endpoint') });
    mkdirSync(join(this.project, 'waves'), { recursive: true });
    cpSync(join(ROOT, 'examples/ci', pipeline), join(this.project, into), { recursive: true });
    const targets = ['west', 'east', 'north'].map(
      (name) =>
        `  ${name}: { provider: sms, region: us-west-2, endpoint: '${this.#endpoint?.url ?? ''}', limits: { activeReplications: 10 } }\n`,
    );
    const head =
      'apiVersion: landfall/v1\nkind: Project\nmetadata: { name: ucop }\nwaves: [waves/*.yaml]\ntargets:\n';
    writeFileSync(join(this.project, 'landfall.yaml'), head + targets.join(''));
    for (const [name] of WAVES) this.writeWave(name);
    startGit(this.project);
  }

  async dispose(): Promise<void> {
    await this.#endpoint?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Writes the file of a wave, with other settings on request. */
  writeWave(name: string, frequency = 12): void {
    const [, target = '', vms = [], more = ''] = WAVES.find(([each]) => each === name) ?? [];
    const lines = vms.map((vm) => `    - { name: ${vm} }\n`).join('');
    const spec = `spec:\n  target: ${target}${more}\n  defaults: { frequency: ${frequency} }\n  vms:\n${lines}`;
    writeFileSync(
      join(this.project, `waves/${name}.yaml`),
      `apiVersion: landfall/v1\nkind: Wave\nmetadata: { name: ${name} }\n${spec}`,
    );
  }

  /** Makes a checkout of the project, with what is not committed yet, as each runner has one. */
  checkout(): string {
    const folder = join(this.#folder, `checkout-${(this.#checkouts += 1)}`);
    cpSync(this.project, folder, { recursive: true });
    return folder;
  }

  /** Lets hours pass in the account. */
  advance(hours: number): void {
    this.#endpoint?.advance(hours * 3_600_000);
  }

  /** Runs landfall on one machine with access to all accounts. */
  landfall(...argv: readonly string[]): Promise<Ran> {
    return run(BIN, argv, this.project, this.env);
  }
}
