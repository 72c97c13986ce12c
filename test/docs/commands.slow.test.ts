import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globSync } from 'tinyglobby';
import type { Run, ScratchProject } from '../cli/scratch-project.ts';
import { type Block, blocksOf, PAGES, withoutComment } from './command-lines.ts';
import { faultOf } from './grammar.ts';
import { Scratch } from './scratch.ts';
import { commandsOf, Shell } from './shell.ts';

/** Pages with a test of their own that runs them from top to bottom and compares what is printed. */
const STORIES = globSync('*.test.ts', { cwd: new URL('.', import.meta.url).pathname }).flatMap((test) =>
  [...readFileSync(new URL(test, import.meta.url), 'utf8').matchAll(/expectReplay\('([\w-]+\.md)'/g)].map(
    ([, page = '']) => `docs/${page}`,
  ),
);

/** Commands of npm: what runs them, since a test cannot. */
const NPM: Readonly<Record<string, string>> = {
  'npm ci': 'installs in the folder that the tests run in; .ci/run does it in a clone of its own',
  'npm test': 'is what runs this',
  'npm run test:slow': 'is what runs this',
  'npm run test:all': 'is what runs this',
  'npm run check': 'is what runs this',
  'npm run demo': 'takes a build; .ci/run does it',
  'npm run docs': 'npm run check:docs compares what it would write',
  'npm run bench': 'takes minutes',
  'npm run golden': 'writes files of the tests',
  'npm run test:kill': 'takes minutes; the tests do the same with fewer kills',
  'npm run check:rooms': 'npm run check does it',
  'npm run check:docs': 'npm run check does it',
};

/** What NPM answers for, and what asks AWS itself, which no test does. */
const ELSEWHERE = /^(?:npm|aws) /;

/** How else than with 0 a command may end, and why that is what the page means. */
const ENDS: readonly { readonly line: RegExp; readonly code: number; readonly says: RegExp }[] = [
  // Drift is what there is to see.
  { line: /^landfall drift/, code: 2, says: /^/ },
  // The VMs of a project that has just begun are not ready for tonight.
  { line: /^landfall status .*--not-ready/, code: 1, says: /are not ready for/ },
  // The ids of a document are in no account of a test; describe.test.ts and output.test.ts look real ones up.
  { line: /^landfall (?:status|describe|runs) (?:ami|mgnjob|sms-run|i)-/, code: 1, says: /VM_UNKNOWN/ },
  // No endpoint runs while the documents are tested; local.test.ts sets and clears faults.
  { line: /^landfall local fault/, code: 1, says: /LOCAL_NOT_RUNNING/ },
  // The project of this test has no policies; policies.test.ts overrides some.
  { line: /^landfall plan --override-policy/, code: 1, says: /has no policy/ },
  // policy-test.test.ts tests some, and so do the tests of examples/policies.
  { line: /^landfall policy test/, code: 1, says: /has no policies to test/ },
  // The target is one of the matrix.
  { line: /^landfall plan --target "\$TARGET"/, code: 1, says: /TARGET_UNKNOWN/ },
  // No runner has saved a plan; merge.test.ts merges some.
  { line: /^landfall merge /, code: 1, says: /target\.missing|FILE_UNREADABLE/ },
  // Nobody holds the lock of a project at rest; locking.slow.test.ts removes locks that are held.
  { line: /^landfall force-unlock ID/, code: 1, says: /LOCK_NOT_HELD/ },
  // The targets of the project are of SMS; rollback.test.ts takes cut-overs of MGN back.
  { line: /^landfall rollback/, code: 1, says: /NOT_SUPPORTED/ },
  // The first run of each VM is still active.
  { line: /^landfall run awsscrum-lnx1 --wait/, code: 3, says: /is active/ },
  // No target of the project is of MGN, so a person must add one.
  { line: /^landfall convert/, code: 1, says: /target/ },
  // The project of the tests has no window; windows.test.ts sets one aside.
  { line: /^landfall apply --override-window/, code: 1, says: /has no window/ },
  // The endpoint makes up the ids of its connectors; connectors.test.ts removes one.
  { line: /^landfall connectors disassociate c-/, code: 1, says: /CONNECTOR_UNKNOWN/ },
];
/** A saved plan is applied once: where a block has several ways to do so, each has a project of its own. */
const ONCE = /^landfall apply .*wave\.plan/;

const blocks = PAGES.filter((page) => !STORIES.includes(page)).flatMap(blocksOf);
const isRun = ({ language, commands }: Block): boolean =>
  ['sh', 'bash', 'console', 'yaml'].includes(language) &&
  commands.some((line) => /\blandfall /.test(withoutComment(line)));
const linesOf = (program: string, of: readonly Block[]) =>
  of.flatMap(({ page, line, commands }) =>
    commands.flatMap((command) =>
      commandsOf(command)
        .map(({ words }) => words.filter((word) => !/^\w+=/.test(word)))
        .filter(([first]) => first === program)
        .map((words) => ({ words, place: `${page}:${line}` })),
    ),
  );

describe('every command of a document', () => {
  const scratch = new Scratch();
  beforeAll(() => scratch.prepare());
  afterAll(() => scratch.close());

  it.each(blocks.filter(isRun).map((block) => ({ ...block, name: `${block.page}:${block.line}` })))(
    'runs: $name',
    async ({ commands }) => {
      let world = scratch.open();
      try {
        let hasApplied = false;
        for (const command of commands.filter((line) => !ELSEWHERE.test(line))) {
          if (ONCE.test(command) && hasApplied) {
            await world.dispose();
            world = scratch.open();
          }
          hasApplied ||= ONCE.test(command);
          await expectToEndWell(world, command);
        }
      } finally {
        await world.dispose();
      }
    },
  );

  it('is in the stories, too', () => {
    expect(STORIES).toEqual(
      expect.arrayContaining(['docs/tutorial.md', 'docs/walkthrough.md', 'docs/import.md']),
    );
    for (const page of STORIES) expect(PAGES).toContain(page);
  });

  it('is found in scripts, transcripts and pipelines', () => {
    const languages = new Set(PAGES.flatMap(blocksOf).map(({ language }) => language));
    expect([...languages]).toEqual(expect.arrayContaining(['sh', 'console', 'yaml']));
    expect(blocks.filter(isRun).length).toBeGreaterThan(50);
  });

  it('is one that the program knows, where it is only told', async () => {
    for (const { words, place } of linesOf(
      'landfall',
      blocks.filter((block) => !isRun(block)),
    )) {
      expect({ place, fault: (await faultOf(words.slice(1)))?.message }).toEqual({ place, fault: undefined });
    }
  });

  it('is one of npm that is there', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const { words, place } of linesOf('npm', PAGES.flatMap(blocksOf))) {
      const command = words.slice(0, words[1] === 'run' ? 3 : 2).join(' ');
      expect({ place, command, known: command in NPM }).toEqual({ place, command, known: true });
      if (words[1] === 'run') expect(Object.keys(scripts)).toContain(words[2]);
    }
  });
});

/** A target of the other service, with what an account of it needs. */
const MGN = '$1mgn$2, mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } } }';

async function expectToEndWell(world: ScratchProject, command: string): Promise<void> {
  if (/^landfall mgn /.test(command)) {
    // Of the scratch project, production becomes an account of the other service.
    world.write('landfall.yaml', world.read('landfall.yaml').replace(/(production: .*)sms(.*) }/, MGN));
  }
  const serves = /^landfall local start/.test(command);
  const run = await (serves ? interrupted(world, command) : new Shell(world).run(command));
  const end = ENDS.find(({ line, code }) => line.test(command) && code === run.code);
  if (end === undefined) expect({ command, ...run }).toEqual({ command, ...run, code: 0 });
  else expect(run.stdout + run.stderr).toMatch(end.says);
}

/** Serves until Ctrl-C, which comes once it listens. */
async function interrupted(world: ScratchProject, command: string): Promise<Run> {
  const before = world.interrupt;
  const run = new Shell(world).run(command);
  const state = { hasEnded: false };
  void run.finally(() => (state.hasEnded = true));
  while (world.interrupt === before && !state.hasEnded) await new Promise(setImmediate);
  world.interrupt();
  return run;
}
