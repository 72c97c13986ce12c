import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Host } from '../../src/cli/host.ts';
import { main } from '../../src/cli/program.ts';
import {
  type LocalEndpoint,
  loadInventory,
  type LocalOptions,
  startLocalEndpoint,
} from '../../src/local/index.ts';
import { SMALL_INVENTORY } from '../local/jobs.ts';
import { checkOutput } from './output-schemas.ts';

/** The result of one run of the program. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
defaultTarget: local
targets:
  local: { provider: sms, region: us-west-2, endpoint: local }
`;

/** A wave file of the built-in inventory's VM of the founding document, with more VMs or settings on request. */
export function wave(name: string, vms: readonly string[], spec: readonly string[] = []): string {
  return [
    'apiVersion: landfall/v1',
    'kind: Wave',
    `metadata: { name: ${name} }`,
    'spec:',
    ...spec.map((line) => `  ${line}`),
    '  defaults: { frequency: 12 }',
    '  vms:',
    ...vms.map((vm) => `    - ${vm}`),
    '',
  ].join('\n');
}

/** Runs the whole program in a project in a temporary folder. Its clock changes only when a test changes it. */
export class ScratchProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'landfall-test-'));
  cwd = this.folder;
  now = Date.parse('2026-11-23T08:00:00Z');
  env: Record<string, string> = {};
  /** What the user types when asked; absent: there is no terminal. */
  answer: string | undefined;
  /** Called before the user answers, by which time much may have happened. */
  onAsk: () => unknown = () => undefined;
  interrupt: () => void = () => undefined;
  /** Calls back what waits for an interval, as if one had passed; the clock is the test's. */
  tick = (): void => {
    for (const callback of [...this.#ticking]) callback();
  };
  /** Whether stdout and stderr are terminals, and how high. */
  terminal = false;
  rows = 24;
  /** Called after each sleep, by which time has passed. */
  onSleep: () => void | Promise<void> = () => undefined;

  /** The clock of endpoints that the test starts. */
  readonly clock = { now: () => this.now, setTimer: systemTimer };

  readonly #ticking = new Set<() => void>();
  #served: LocalEndpoint | undefined;

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.write('landfall.yaml', PROJECT);
    for (const [file, text] of Object.entries(files)) this.write(file, text);
  }

  write(file: string, content: string | Uint8Array): void {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  remove(file: string): void {
    rmSync(join(this.folder, file));
  }

  async dispose(): Promise<void> {
    await this.#served?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Has an endpoint serve the project's folder from now on, as another process would: commands find and use it. */
  async serve(options: Pick<LocalOptions, 'wireStyle' | 'faults' | 'mgn'>): Promise<void> {
    this.#served = await startLocalEndpoint({
      folder: join(this.folder, '.landfall', 'local'),
      clock: this.clock,
      ...options,
    });
  }

  /** The address of the endpoint that `serve` has started. */
  get url(): string {
    return this.#served?.url ?? '';
  }

  /** Has the endpoint that `serve` has started misbehave. */
  setFaults(faults: NonNullable<LocalOptions['faults']>): void {
    this.#served?.setFaults(faults);
  }

  /** Gives the endpoint other VMs, at the time of the test: with the real time, its clock would start there. */
  async loadInventory(machines: string): Promise<void> {
    await loadInventory(join(this.folder, '.landfall', 'local'), machines, this.clock);
  }

  /** Leaves the endpoint only the VMs awsscrum-lnx1, awsscrum-lnx2 and awsscrum-win1, which makes each run shorter. */
  async useSmallInventory(): Promise<void> {
    await this.loadInventory(SMALL_INVENTORY);
  }

  async run(...argv: readonly string[]): Promise<Run> {
    let stdout = '';
    let stderr = '';
    const screen = { isTerminal: this.terminal, columns: 100, rows: this.rows };
    const host: Host = {
      argv,
      env: this.env,
      cwd: this.cwd,
      stdout: { write: (text) => void (stdout += text), ...screen },
      stderr: { write: (text) => void (stderr += text), ...screen },
      ...(this.answer !== undefined && {
        ask: async () => {
          await this.onAsk();
          return this.answer ?? '';
        },
      }),
      clock: {
        now: () => this.now,
        sleep: async (milliseconds) => {
          this.now += milliseconds;
          await this.onSleep();
        },
      },
      every: (_, callback) => {
        this.#ticking.add(callback);
        return () => {
          this.#ticking.delete(callback);
        };
      },
      onInterrupt: (callback) => {
        this.interrupt = callback;
        return () => {
          this.interrupt = () => undefined;
        };
      },
    };
    const code = await main(host);
    checkOutput(argv, stdout);
    return { code, stdout, stderr };
  }
}

function systemTimer(milliseconds: number, run: () => void): () => void {
  const timer = setTimeout(run, milliseconds);
  return () => {
    clearTimeout(timer);
  };
}
