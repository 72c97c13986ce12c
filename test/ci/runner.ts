import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Artifacts } from './artifacts.ts';
import { readYaml } from './read-yaml.ts';
import { type Contexts, holds, interpolate } from './expressions.ts';
import { commandsIn, type Outputs, parseOutputs } from './runner-files.ts';
import { bash, type Env, pathOf } from './scripts.ts';

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly run?: string;
}

interface Job {
  readonly if?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

interface StepResult {
  readonly failed: boolean;
  readonly outputs: Outputs;
}

/** What a job came to. */
export interface JobResult {
  readonly result: 'success' | 'failure' | 'skipped';
  readonly outputs: Outputs;
  /** By id, for those that ran and have one. */
  readonly steps: Readonly<Record<string, StepResult>>;
  /** All that the steps printed. */
  readonly log: string;
  readonly summary: string;
  /** What the runner took for commands, such as `error file=…::…`. */
  readonly commands: readonly string[];
  /** The actions of others that were used, with their inputs. */
  readonly used: readonly (readonly [string, Readonly<Record<string, string>>])[];
}

/** What an event, and those who set the repository up, bring. */
export interface Circumstances {
  readonly event: string;
  readonly payload?: object;
  readonly vars?: Readonly<Record<string, string>>;
  /** The job's own values of a matrix. */
  readonly matrix?: Readonly<Record<string, unknown>>;
  readonly needs?: Readonly<
    Record<string, { readonly result?: JobResult['result']; readonly outputs?: Outputs }>
  >;
}

export interface RunnerOptions {
  /** The project: what `actions/checkout` checks out. */
  readonly workspace: string;
  /** The checkout of our own action. */
  readonly action: string;
  readonly env: Env;
  /** The token of each job, which no step has in its environment. */
  readonly token: string;
  /** Folders that are searched before the machine's own programs. */
  readonly path: readonly string[];
  /** Those of other runners too; absent: its own. */
  readonly artifacts?: Artifacts;
}

/** Runs jobs as GitHub's runner does, as far as workflows here need it. What it does not know makes it throw. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #temp = mkdtempSync(join(tmpdir(), 'landfall-runner-'));
  readonly artifacts: Artifacts;
  runId = '100';

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.artifacts = options.artifacts ?? new Artifacts();
  }

  dispose(): void {
    this.artifacts.dispose();
    rmSync(this.#temp, { recursive: true, force: true });
  }

  /** Runs one job of a workflow file of the workspace. */
  async job(file: string, id: string, circumstances: Circumstances): Promise<JobResult> {
    const workflow = readYaml(join(this.#options.workspace, '.github/workflows', file)) as {
      readonly jobs: Readonly<Record<string, Job>>;
    };
    const job = workflow.jobs[id];
    if (job === undefined) throw new Error(`${file} has no job ${id}`);
    return new JobRun(this.#options, this, this.#temp, circumstances).run(job);
  }
}

class JobRun {
  readonly #options: RunnerOptions;
  readonly #runner: Runner;
  readonly #temp: string;
  readonly #circumstances: Circumstances;
  readonly #github: Contexts;
  readonly #path: string[];
  readonly #used: (readonly [string, Outputs])[] = [];
  #log = '';
  #summary = '';

  constructor(options: RunnerOptions, runner: Runner, temp: string, circumstances: Circumstances) {
    this.#options = options;
    this.#runner = runner;
    this.#temp = mkdtempSync(join(temp, 'job-'));
    this.#circumstances = circumstances;
    this.#path = [...options.path];
    this.#github = {
      event: circumstances.payload ?? {},
      event_name: circumstances.event,
      repository: options.env['GITHUB_REPOSITORY'],
      run_id: runner.runId,
      token: options.token,
    };
  }

  async run(job: Job): Promise<JobResult> {
    const { vars = {}, needs = {}, matrix = {} } = this.#circumstances;
    const steps: Record<string, StepResult> = {};
    const runner = { temp: this.#temp };
    const contexts: Contexts = { github: this.#github, runner, vars, needs, matrix, steps };
    const isHeldUp = Object.values(needs).some(({ result = 'success' }) => result !== 'success');
    if (!holds(job.if ?? 'success()', contexts, isHeldUp)) return this.#result('skipped', {}, steps);
    const failed = await this.#steps(job.steps, contexts, steps, this.#options.workspace);
    const outputs = Object.fromEntries(
      Object.entries(job.outputs ?? {}).map(([name, text]) => [name, interpolate(text, contexts)]),
    );
    return this.#result(failed ? 'failure' : 'success', outputs, steps);
  }

  #result(result: JobResult['result'], outputs: Outputs, steps: JobResult['steps']): JobResult {
    const commands = commandsIn(this.#log);
    return { result, outputs, steps, log: this.#log, summary: this.#summary, commands, used: this.#used };
  }

  /** Runs steps in turn, and puts what they come to into `results`; gives back whether one has failed. */
  async #steps(
    steps: readonly Step[],
    contexts: Contexts,
    results: Record<string, StepResult>,
    cwd: string,
    actionPath?: string,
  ): Promise<boolean> {
    let failed = false;
    for (const step of steps) {
      if (!holds(step.if ?? 'success()', contexts, failed)) continue;
      const result =
        step.uses === undefined
          ? await this.#script(step, contexts, cwd, actionPath)
          : await this.#uses(step.uses, strings(step.with, contexts), cwd);
      if (step.id !== undefined) results[step.id] = result;
      failed ||= result.failed;
    }
    return failed;
  }

  async #script(step: Step, contexts: Contexts, cwd: string, actionPath?: string): Promise<StepResult> {
    const { run = '' } = step;
    if (run.includes('${{')) throw new Error(`an expression is pasted into ${run}`);
    const file = (name: string): string => {
      const path = join(this.#temp, name);
      appendFileSync(path, '');
      return path;
    };
    const outputs = mkdtempSync(join(this.#temp, 'step-'));
    const { code, stdout, stderr } = await bash(run, cwd, {
      ...this.#options.env,
      ...strings(step.env, contexts),
      ...(actionPath !== undefined && { GITHUB_ACTION_PATH: actionPath }),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: this.#circumstances.event,
      GITHUB_EVENT_PATH: this.#eventFile(),
      GITHUB_BASE_REF: this.#base,
      GITHUB_WORKSPACE: this.#options.workspace,
      GITHUB_OUTPUT: join(outputs, 'output'),
      GITHUB_PATH: file('path'),
      GITHUB_STEP_SUMMARY: join(outputs, 'summary'),
      GITHUB_RUN_ID: this.#runner.runId,
      RUNNER_TEMP: this.#temp,
      HOME: this.#temp,
      PATH: pathOf(...readFileSync(file('path'), 'utf8').split('\n').filter(Boolean), ...this.#path),
    });
    this.#log += stdout + stderr;
    this.#summary += textOf(join(outputs, 'summary'));
    return { failed: code !== 0, outputs: parseOutputs(textOf(join(outputs, 'output'))) };
  }

  async #uses(uses: string, given: Outputs, cwd: string): Promise<StepResult> {
    if (uses.startsWith('YOUR_ORG/landfall@')) return this.#composite(given, cwd);
    this.#used.push([uses, given]);
    const name = uses.replace(/@.*/, '');
    const { artifacts, runId } = this.#runner;
    if (name === 'actions/checkout') {
      this.#cleanWorkspace();
      this.#fetchBase(given['fetch-depth'] === '0');
    } else if (name === 'actions/upload-artifact') {
      if (!artifacts.upload(given, runId, cwd)) return { failed: true, outputs: {} };
      const page = `https://github.com/ucop/waves/actions/runs/${runId}/artifacts/1`;
      return { failed: false, outputs: { 'artifact-url': page } };
    } else if (name === 'actions/download-artifact') {
      if (!artifacts.download(given, runId, cwd)) return { failed: true, outputs: {} };
    } else if (!OTHERS.has(name)) throw new Error(`${uses} is not known here`);
    return { failed: false, outputs: {} };
  }

  async #composite(given: Outputs, cwd: string): Promise<StepResult> {
    const path = this.#options.action;
    const action = readYaml(join(path, 'action.yml')) as Action;
    const steps: Record<string, StepResult> = {};
    const outer: Contexts = { github: this.#github };
    const inputs = Object.fromEntries(
      Object.entries(action.inputs).map(([name, input]) => [
        name,
        given[name] ?? interpolate(input.default ?? '', outer),
      ]),
    );
    const contexts = { ...outer, inputs, steps };
    const failed = await this.#steps(action.runs.steps, contexts, steps, cwd, path);
    // Outputs are there after a failure too (actions/runner, CompositeActionHandler).
    const outputs = Object.entries(action.outputs).map(([name, { value }]) => [
      name,
      interpolate(value, contexts),
    ]);
    return { failed, outputs: Object.fromEntries(outputs) as Outputs };
  }

  /** What steps of other jobs have left is not there in a fresh checkout; the account is. */
  #cleanWorkspace(): void {
    for (const file of ['landfall.plan', 'landfall-plan.md', 'landfall-outcome.json', 'landfall-drift.md'])
      rmSync(join(this.#options.workspace, file), { force: true });
  }

  /** The base branch of the pull request; its commit is the one that is checked out, and the request is in the working tree. */
  get #base(): string {
    const { pull_request: request } = (this.#circumstances.payload ?? {}) as {
      readonly pull_request?: { readonly base?: { readonly ref: string } };
    };
    return request?.base?.ref ?? '';
  }

  /** Other branches are only there where the whole history is fetched. */
  #fetchBase(isWhole: boolean): void {
    const ref = `refs/remotes/origin/${this.#base}`;
    const argv = isWhole ? ['update-ref', ref, 'HEAD'] : ['update-ref', '-d', ref];
    if (this.#base !== '') execFileSync('git', argv, { cwd: this.#options.workspace });
  }

  #eventFile(): string {
    const file = join(this.#temp, 'event.json');
    rmSync(file, { force: true });
    appendFileSync(file, JSON.stringify(this.#circumstances.payload ?? {}));
    return file;
  }
}

/** Actions of others that do nothing that a test could see. */
const OTHERS = new Set([
  'actions/setup-node',
  'aws-actions/configure-aws-credentials',
  'github/codeql-action/upload-sarif',
]);

function strings(entries: Step['with'], contexts: Contexts): Outputs {
  return Object.fromEntries(
    Object.entries(entries ?? {}).map(([name, value]) => [name, interpolate(String(value), contexts)]),
  );
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
