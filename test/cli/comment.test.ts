import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commentMarker } from '../../src/report/markdown/comment.ts';
import { BUILD_SERVICE, FakeAzure, REPOSITORY } from '../platforms/fake-azure.ts';
import { FakeBitbucket, OWN_UUID } from '../platforms/fake-bitbucket.ts';
import { BOT, FakeGitHub, HUMAN } from '../platforms/fake-github.ts';
import { FakeGitLab, OWN_ID } from '../platforms/fake-gitlab.ts';
import { type Fake, type Reply, TOKEN, type Trouble, troubles } from '../platforms/fake.ts';
import { type Run, ScratchProject } from './scratch-project.ts';

const MARKER = commentMarker('ucop', ['production']);
const OTHER = commentMarker('ucsd', ['production']);
const plan = (words: string, marker = MARKER): string => `### Plan\n\n${words}\n\n${marker}\n`;
/** A plan with the line that says what it does. */
const doing = (facts: string, marker = MARKER): string =>
  `### Plan\n\n${facts}\n\n<!-- landfall-plan: ${facts} -->\n${marker}\n`;
const posted = (words: string, marker = MARKER): string => `${marker}\n### Plan\n\n${words}`;

interface Comment {
  readonly action: string;
  readonly id?: string;
  readonly url?: string;
  readonly hidden: string[];
  readonly not_hidden: string[];
}

/** The fakes, seen from where they are alike. */
interface Side {
  readonly fake: Fake;
  readonly env: Record<string, string>;
  add(body: string, own?: boolean): void;
  bodies(): string[];
  list(path: string): boolean;
  /** The variable with the token. */
  readonly token: string;
  /** Calls that hide a comment. */
  readonly hideCalls: number;
  /** The longest comment that is sent. */
  readonly longest: number;
  /** A page of a list. */
  page(items: readonly unknown[], next?: string): Reply;
  /** Absent: the platform has no labels. */
  labels?(): string[];
  setLabels(labels: string[]): void;
  /** Takes the permission for labels away; gives what the warning asks for. */
  forbidLabels(): string;
  /** The variables of a run, and the lines that link it. */
  readonly run: Record<string, string>;
  links(host: string): string;
}

function linkedPage(data: readonly unknown[], next?: string): Reply {
  return { status: 200, data, ...(next !== undefined && { headers: { link: `<${next}>; rel="next"` } }) };
}

const SIDES: Readonly<Record<'github' | 'gitlab' | 'azure' | 'bitbucket', () => Promise<Side>>> = {
  async github() {
    const fake = await new FakeGitHub().listen();
    return {
      fake,
      env: {
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: fake.origin,
        GITHUB_REPOSITORY: 'ucop/waves',
        GITHUB_REF: 'refs/pull/7/merge',
        GITHUB_TOKEN: TOKEN,
      },
      add: (body, own = true) => void fake.add(body, own ? BOT : HUMAN),
      bodies: () => fake.comments.map(({ body }) => body.replaceAll('\r', '').trimEnd()),
      list: (path) => path.endsWith('/issues/7/comments'),
      token: 'GITHUB_TOKEN',
      hideCalls: 1,
      longest: 65_536,
      page: linkedPage,
      labels: () => fake.labels,
      setLabels: (labels) => void (fake.labels = labels),
      forbidLabels() {
        fake.mayLabel = false;
        return 'labels need pull-requests: write, and issues: write to create those';
      },
      run: { GITHUB_SERVER_URL: fake.origin.replace('http:', 'https:'), GITHUB_RUN_ID: '100' },
      links: (host) => `From [run](https://${host}/ucop/waves/actions/runs/100)`,
    };
  },
  async gitlab() {
    const fake = await new FakeGitLab().listen();
    return {
      fake,
      env: {
        GITLAB_CI: 'true',
        CI_API_V4_URL: `${fake.origin}/api/v4`,
        CI_PROJECT_ID: '1',
        CI_OPEN_MERGE_REQUESTS: 'ucop/waves!7',
        GITLAB_TOKEN: TOKEN,
      },
      add: (body, own = true) => void fake.add(body, own ? OWN_ID : 1),
      bodies: () => fake.notes.filter(({ system }) => !system).map(({ body }) => body),
      list: (path) => path.endsWith('/notes'),
      token: 'GITLAB_TOKEN',
      hideCalls: 1,
      longest: 1_000_000,
      page: linkedPage,
      labels: () => fake.labels,
      setLabels: (labels) => void (fake.labels = labels),
      forbidLabels() {
        fake.mayLabel = 'refused';
        return 'labels need a token of scope api with the role Developer';
      },
      run: {
        CI_JOB_URL: `${fake.origin.replace('http:', 'https:')}/ucop/waves/-/jobs/55`,
        CI_PIPELINE_URL: `${fake.origin.replace('http:', 'https:')}/ucop/waves/-/pipelines/99`,
      },
      links: (host) =>
        `From [job](https://${host}/ucop/waves/-/jobs/55), [pipeline](https://${host}/ucop/waves/-/pipelines/99)`,
    };
  },
  async azure() {
    const fake = await new FakeAzure().listen();
    return {
      fake,
      env: {
        TF_BUILD: 'True',
        LANDFALL_API_URL: `${fake.origin}/ucop`,
        BUILD_REPOSITORY_ID: REPOSITORY,
        BUILD_REPOSITORY_PROVIDER: 'TfsGit',
        SYSTEM_PULLREQUEST_PULLREQUESTID: '7',
        SYSTEM_ACCESSTOKEN: TOKEN,
      },
      add: (body, own = true) => void fake.add(body, own ? BUILD_SERVICE : 'somebody'),
      bodies: () => fake.bodies,
      list: (path) => path.endsWith('/threads'),
      token: 'SYSTEM_ACCESSTOKEN',
      hideCalls: 2,
      longest: 150_000,
      page: (value, next) => ({ ...linkedPage([], next), data: { value } }),
      labels: () => fake.labels,
      setLabels: (labels) => void (fake.labels = labels),
      forbidLabels() {
        fake.mayLabel = false;
        return 'labels need the permission "Contribute to pull requests"';
      },
      run: {
        SYSTEM_COLLECTIONURI: `${fake.origin.replace('http:', 'https:')}/ucop/`,
        SYSTEM_TEAMPROJECTID: 'a-guid',
        BUILD_BUILDID: '100',
      },
      links: (host) => `From [run](https://${host}/ucop/a-guid/_build/results?buildId=100)`,
    };
  },
  async bitbucket() {
    const fake = await new FakeBitbucket().listen();
    return {
      fake,
      env: {
        BITBUCKET_BUILD_NUMBER: 'unknown',
        BITBUCKET_REPO_FULL_NAME: 'ucop/waves',
        BITBUCKET_PR_ID: '7',
        BITBUCKET_TOKEN: TOKEN,
        LANDFALL_API_URL: `${fake.origin}/2.0`,
      },
      add: (body, own = true) => void fake.add(hidden(body), own ? OWN_UUID : '{somebody}'),
      bodies: () =>
        fake.comments.map(({ content }) => {
          expect(content.raw).not.toMatch(/^<!--/);
          return shown(content.raw).trimEnd();
        }),
      list: (path) => path.endsWith('/comments'),
      token: 'BITBUCKET_TOKEN',
      hideCalls: 2,
      longest: 32_760,
      page: (values, next) => ({ status: 200, data: { values, ...(next !== undefined && { next }) } }),
      setLabels: () => undefined,
      forbidLabels: () => 'Bitbucket has no labels on pull requests; leave out --labels',
      run: { BITBUCKET_BUILD_NUMBER: '100' },
      links: (host) => `From [run](https://${host}/ucop/waves/pipelines/results/100)`,
    };
  },
};

/** The form that hidden lines have on Bitbucket, and back. */
function hidden(body: string): string {
  return body.replace(/^<!-- (.*) -->\n/, '[//]: # ($1)\n\n');
}
function shown(raw: string): string {
  return raw
    .replace(/^((?:\[\/\/\]: # \(.*\)\n)+)\n/, '$1')
    .replace(/^\[\/\/\]: # \((landfall.*)\)$/gm, '<!-- $1 -->');
}

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject({ 'plan.md': plan('1 to create') });
});
afterEach(() => world.dispose());

const run = (...flags: string[]): Promise<Run> => world.run('comment', '--file', 'plan.md', ...flags);
async function put(...flags: string[]): Promise<Comment> {
  const { code, stdout, stderr } = await run('--format', 'json', ...flags);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Comment;
}

describe.each(['github', 'gitlab', 'azure', 'bitbucket'] as const)('a comment on %s', (name) => {
  /** Bitbucket has no labels. */
  const itLabels = name === 'bitbucket' ? it.skip : it;
  let side: Side;
  beforeEach(async () => {
    side = await SIDES[name]();
    world.env = side.env;
  });
  afterEach(() => side.fake.close());

  const isCreate = ({ method, path }: { method: string; path: string }): boolean =>
    method === 'POST' && side.list(path);

  it('is added, then left alone while it is the same, then edited in place', async () => {
    side.add('Nice work!', false);
    const created = await put();
    expect(created).toMatchObject({
      action: 'created',
      url: expect.stringContaining(created.id ?? '?') as unknown,
    });
    expect(side.bodies()).toEqual(['Nice work!', posted('1 to create')]);
    expect(side.fake.writes).toHaveLength(1);

    expect(await put()).toEqual({ ...created, action: 'unchanged' });
    expect(side.fake.writes).toHaveLength(1);

    world.write('plan.md', plan('2 to create'));
    expect(await put()).toEqual({ ...created, action: 'updated' });
    expect(await put()).toEqual({ ...created, action: 'unchanged' });
    expect(side.bodies()).toEqual(['Nice work!', posted('2 to create')]);
  });

  it('says in a line what was done', async () => {
    expect((await run()).stdout).toMatch(/^Commented on (pull|merge) request 7: https:\/\/\S+\n$/);
    expect((await run()).stdout).toMatch(/^The comment is up to date on /);
    world.write('plan.md', plan('2'));
    expect((await run()).stdout).toMatch(/^Updated the comment on /);
  });

  it('is found on whatever page it is', async () => {
    for (let index = 0; index < 149; index += 1) side.add(`comment ${index}`, index % 2 === 0);
    side.add(posted('old'));
    for (let index = 0; index < 100; index += 1) side.add(`later ${index}`);
    expect(await put()).toMatchObject({ action: 'updated' });
    expect(side.bodies()[149]).toBe(posted('1 to create'));
    expect(side.bodies()).toHaveLength(250);
  });

  it('is one for each project and its targets', async () => {
    await put();
    world.write('plan.md', plan('other project', OTHER));
    expect(await put()).toMatchObject({ action: 'created' });
    expect(side.bodies()).toEqual([posted('1 to create'), posted('other project', OTHER)]);
  });

  it('leaves alone what only quotes the marker, and what others wrote', async () => {
    const others = [`Look:\n${MARKER}`, `> ${MARKER}`, `${OTHER}\n${MARKER}`];
    for (const body of others) side.add(body);
    side.add(posted('written by mallory'), false);
    expect(await put()).toMatchObject({ action: 'created' });
    expect(side.bodies()).toEqual([...others, posted('written by mallory'), posted('1 to create')]);
  });

  it('can be new each time, and hides those before it, once', async () => {
    side.add('Nice work!', false);
    const first = await put('--mode', 'new');
    expect(first).toMatchObject({ action: 'created', hidden: [] });
    expect(await put('--mode', 'new')).toMatchObject({ action: 'unchanged', id: first.id });

    world.write('plan.md', plan('2 to create'));
    const second = await put('--mode', 'new');
    expect(second).toMatchObject({ action: 'created', hidden: [first.id] });
    world.write('plan.md', plan('3 to create'));
    const writes = side.fake.writes.length;
    expect(await put('--mode', 'new')).toMatchObject({ action: 'created' });
    expect(side.fake.writes).toHaveLength(writes + 1 + side.hideCalls);
    expect(side.bodies().at(-1)).toBe(posted('3 to create'));
    expect(side.bodies()[0]).toBe('Nice work!');
  });

  it('is left out for a plan without changes, unless an earlier one would be outdated', async () => {
    world.write('plan.md', doing('nothing'));
    expect(await put('--only-changes')).toMatchObject({ action: 'not-needed', hidden: [] });
    expect(side.fake.writes).toEqual([]);
    expect((await run('--only-changes')).stdout).toMatch(/^The plan has no changes: no comment on /);

    for (const facts of ['create,update', 'more']) {
      world.write('plan.md', doing(facts));
      expect((await put('--only-changes')).action).toMatch(/created|updated/);
    }
    world.write('plan.md', doing('nothing'));
    for (const mode of ['new', 'update'])
      expect((await put('--only-changes', '--mode', mode)).action).toMatch(/updated|unchanged/);
    expect(side.bodies()).toEqual([`${MARKER}\n<!-- landfall-plan: nothing -->\n### Plan\n\nnothing`]);
    // What is no plan (broken manifests, drift) is always worth a comment.
    world.write('plan.md', plan('3 problems', OTHER));
    expect(await put('--only-changes')).toMatchObject({ action: 'created' });
  });

  it('is left out for no text that only looks like a plan without changes', async () => {
    const fake = '<!-- landfall-plan: nothing -->';
    for (const text of [
      `${fake}\n\n1 to create\n\n${MARKER}\n`,
      `1 to create\n ${fake}\n${MARKER}\n`,
      `1 to create\n${fake} x\n${MARKER}\n`,
    ]) {
      world.write('plan.md', text);
      expect((await put('--only-changes')).action).toMatch(/created|updated/);
    }
  });

  itLabels('comes with labels for the kinds of change, which go when they are no longer true', async () => {
    side.setLabels(['bug', 'landfall:create', 'landfall:by-hand', 'create']);
    world.write('plan.md', doing('update,delete'));
    expect(await put('--labels')).toMatchObject({ labels: ['landfall:update', 'landfall:delete'] });
    const others = ['bug', 'landfall:by-hand', 'create'];
    expect(side.labels?.()).toEqual([...others, 'landfall:update', 'landfall:delete']);
    const writes = side.fake.writes.length;
    expect(await put('--labels')).toMatchObject({ action: 'unchanged' });
    expect(side.fake.writes).toHaveLength(writes);

    // Another project on the same request has labels too; text of people has none.
    side.add(`${MARKER}\n<!-- landfall-plan: finalize -->`, false);
    world.write('plan.md', doing('delete,cutover', OTHER));
    await put('--labels');
    expect(side.labels?.()).toEqual([...others, 'landfall:update', 'landfall:delete', 'landfall:cutover']);
    world.write('plan.md', doing('nothing'));
    expect((await run('--labels', '--only-changes')).stdout).toContain(
      'Labels: landfall:delete, landfall:cutover.',
    );
    expect(side.labels?.()).toEqual([...others, 'landfall:delete', 'landfall:cutover']);
    world.write('plan.md', plan('3 problems', OTHER));
    expect(await put('--labels')).toMatchObject({ labels: [] });
    expect(side.labels?.()).toEqual(others);
  });

  itLabels('touches no label unless it is asked to', async () => {
    side.setLabels(['landfall:create']);
    world.write('plan.md', doing('delete'));
    await put();
    expect(side.labels?.()).toEqual(['landfall:create']);
  });

  it('is written also where the token may not set labels, and says what labels need', async () => {
    const needs = side.forbidLabels();
    world.write('plan.md', doing('create'));
    const { code, stdout, stderr } = await run('--labels', '--format', 'json');
    expect(code).toBe(0);
    expect(stderr).toContain('warning: the labels are not up to date: ');
    expect(stderr).toContain(needs);
    expect(JSON.parse(stdout)).toMatchObject({ action: 'created', warnings: [expect.any(String)] });
    expect(JSON.parse(stdout)).not.toHaveProperty('labels');
    expect(side.labels?.() ?? ['bug']).toEqual(['bug']);
  });

  itLabels('has its labels after a storm, each once', async () => {
    world.write('plan.md', doing('create,replace'));
    let calls = 0;
    side.fake.trouble = ({ path, method }) =>
      side.list(path) && method === 'POST' ? undefined : (['cut', undefined, 'lost'] as const)[calls++ % 3];
    expect(await put('--labels')).toMatchObject({ warnings: [] });
    expect(side.labels?.()).toEqual(['bug', 'landfall:create', 'landfall:replace']);
  });

  it('links the run and the saved plan, and is edited where only they have changed', async () => {
    const host = side.fake.origin.replace('http://', '');
    world.env = { ...side.env, ...side.run };
    const { id } = await put('--artifact-url', `https://${host}/ucop/waves/artifacts/1`);
    const links = `${side.links(host)}, [saved plan](https://${host}/ucop/waves/artifacts/1).`;
    expect(side.bodies()).toEqual([`${posted('1 to create')}\n\n${links}`]);
    for (const mode of ['update', 'new'])
      expect((await put('--mode', mode)).action).toBe(mode === 'update' ? 'updated' : 'unchanged');
    const next = ['--mode', 'new', '--artifact-url', `https://${host}/ucop/waves/artifacts/2`];
    expect(await put(...next)).toMatchObject({ action: 'updated', id });
    expect(side.bodies()).toHaveLength(1);

    const { code, stderr } = await run('--artifact-url', 'https://evil.example/x');
    expect(code).toBe(0);
    expect(stderr).toContain(`--artifact-url is not linked: it is not an https address at ${host}`);
    expect(side.bodies()).toEqual([`${posted('1 to create')}\n\n${side.links(host)}.`]);
  });

  it.each<readonly [string, Trouble]>([
    ['whose request is cut', 'cut'],
    ['whose reply is lost', 'lost'],
    ['whose gateway times out', { status: 504 }],
    ['that is throttled', { status: 429, headers: { 'retry-after': '7' }, data: { message: 'slow down' } }],
  ])('is there exactly once after a create %s', async (_, trouble) => {
    side.fake.trouble = troubles(isCreate, trouble, trouble === 'lost' ? undefined : trouble);
    const start = world.now;
    expect(await put()).toMatchObject({ action: 'created' });
    expect(side.bodies()).toEqual([posted('1 to create')]);
    const waited = world.now - start;
    expect(waited).toBe(
      trouble === 'lost' ? 1000 : typeof trouble === 'object' && trouble.headers ? 14_000 : 3000,
    );
  });

  it('waits out a storm, and gives up after six tries', async () => {
    const storm = (count: number): void => {
      let left = count;
      side.fake.trouble = () => (left-- > 0 ? (left % 2 === 0 ? 'cut' : { status: 502 }) : undefined);
    };
    storm(5);
    expect(await put()).toMatchObject({ action: 'created' });
    storm(1000);
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/PLATFORM_(ERROR|UNREACHABLE)/);
  });

  it('is given up where the list of comments never ends, or an answer has no end', async () => {
    let page = 0;
    side.fake.trouble = ({ method, path }) => {
      if (method !== 'GET' || !side.list(path)) return undefined;
      page += 1;
      return side.page([], `${side.fake.origin}${path}?page=${page + 1}`);
    };
    const endless = await run();
    expect(endless.code).toBe(1);
    expect(endless.stderr).toContain('has a list of more than 1000 pages');
    expect(page).toBe(1000);
    side.fake.trouble = ({ method, path }) =>
      method === 'GET' && side.list(path) ? { status: 200, data: ['x'.repeat(33 * 2 ** 20)] } : undefined;
    const long = await run();
    expect(long.code).toBe(1);
    expect(long.stderr).toContain('sends an answer of more than 32 MiB');
    expect(long.stderr).toContain('something else than the API');
    expect(side.fake.writes).toEqual([]);
  });

  it('does not wait for an hour', async () => {
    side.fake.trouble = () => ({ status: 429, headers: { 'retry-after': '3600' } });
    const start = world.now;
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain('THROTTLED');
    expect(stderr).toContain('until 2026-11-23T09:00:00Z');
    expect(world.now).toBe(start);
  });

  it('is refused before anything is sent where it is too long', async () => {
    world.write('plan.md', plan('x'.repeat(side.longest)));
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain('COMMENT_INVALID');
    expect(stderr).toContain('--max-bytes');
    expect(side.fake.seen).toEqual([]);
  });

  it('needs a marker in its file', async () => {
    world.write('plan.md', `# A plan\n\`${MARKER}\`\n`);
    const { code, stderr } = await run();
    expect({ code, says: stderr.includes('has no marker') }).toEqual({ code: 1, says: true });
    world.write('plan.md', '\n');
    expect(await run()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('plan.md is empty: the command that writes it') as unknown,
    });
    expect((await world.run('comment')).stderr).toContain('--file is missing');
    expect((await world.run('comment', '--file', 'nowhere.md')).stderr).toContain('FILE_UNREADABLE');
    expect((await world.run('comment', '--file', 'waves')).stderr).toContain('FILE_UNREADABLE');
    expect(side.fake.seen).toEqual([]);
  });

  describe('and its token', () => {
    /** Sees that no output tells of the token. */
    async function quiet(code: number, ...flags: string[]): Promise<string> {
      const { stdout, stderr, code: got } = await run('--verbose', ...flags);
      expect(got).toBe(code);
      for (const form of [TOKEN, encodeURIComponent(TOKEN), Buffer.from(TOKEN).toString('base64')]) {
        expect(stdout + stderr).not.toContain(form);
      }
      return stderr;
    }

    it('is in no output, whatever the platform echoes', async () => {
      await quiet(0);
      await quiet(0, '--format', 'json');
      for (const status of [400, 401, 403, 404, 422, 500]) {
        side.fake.trouble = ({ token }) => ({
          status,
          slashes: true,
          data: { message: `you said ${token}` },
        });
        expect(await quiet(1)).toContain(`you said ***`);
      }
      side.fake.trouble = ({ token }) => ({
        status: 200,
        data: [{ id: token, body: `${MARKER}\n`, html_url: token, user: { login: token } }],
      });
      expect(await quiet(1)).toContain('does not answer as');
    });

    it('goes to no other origin', async () => {
      const elsewhere = await new FakeGitHub().listen();
      try {
        side.fake.trouble = ({ path }) => ({
          status: 307,
          headers: { location: `${elsewhere.origin}${path}` },
        });
        expect(await quiet(1)).toContain('does not get the token');
        side.fake.trouble = ({ path }) =>
          side.list(path) ? side.page([], `${elsewhere.origin}/x`) : undefined;
        expect(await quiet(1)).toContain('does not get the token');
        expect(elsewhere.seen).toEqual([]);
      } finally {
        await elsewhere.close();
      }
    });

    it('follows where its own origin has moved something', async () => {
      let moved = true;
      side.fake.trouble = ({ path, query }) => {
        if (!side.list(path) || !moved) return undefined;
        moved = false;
        return { status: 301, headers: { location: `${path}?${query.toString()}` } };
      };
      expect(await put()).toMatchObject({ action: 'created' });
    });

    it('is not sent where it would go in the clear', async () => {
      for (const url of ['http://example.com', 'https://me:secret@example.com', 'ftp://127.0.0.1', 'x']) {
        const stderr = await quiet(1, '--api-url', url);
        expect(stderr).toContain('--api-url is not an address');
        expect(stderr).not.toContain('secret');
      }
    });

    it('is asked for by name where it is missing or wrong', async () => {
      const variable = side.token;
      world.env = { ...side.env, [variable]: 'ghp_wrong' };
      const wrong = await run();
      expect(wrong.stderr).toContain(`does not accept the token in ${variable}`);
      expect(wrong.stderr).not.toContain('ghp_wrong');
      world.env = { ...side.env, [variable]: 'two\nlines' };
      expect((await run()).stderr).toContain(`${variable} contains characters that are not allowed`);
      world.env = { ...side.env, [variable]: '', CI_JOB_TOKEN: 'x' };
      const { code, stderr } = await run();
      expect(code).toBe(1);
      expect(stderr).toContain('TOKEN_MISSING');
      expect(stderr).toContain(variable);
    });
  });
});

describe('a comment on GitHub alone', () => {
  let fake: FakeGitHub;
  beforeEach(async () => {
    fake = await new FakeGitHub().listen();
    world.env = envOf(fake);
  });
  afterEach(() => fake.close());
  const envOf = ({ origin }: FakeGitHub) => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: origin,
    GITHUB_REPOSITORY: 'ucop/waves',
    GITHUB_REF: 'refs/pull/7/merge',
    GH_TOKEN: TOKEN,
  });

  it('hides with GraphQL, as outdated, and says what it may not hide', async () => {
    fake.add(posted('old'));
    fake.add(posted('older'));
    expect(await put('--mode', 'new')).toMatchObject({ hidden: ['1001', '1000'] });
    expect(fake.comments.map(({ minimized }) => minimized)).toEqual([true, true, undefined]);

    world.write('plan.md', plan('new'));
    fake.mayHide = false;
    const { code, stdout, stderr } = await run('--mode', 'new', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ action: 'created', not_hidden: ['1002'] });
    expect(stderr).toContain('older comments stay visible');
  });

  it('goes by the first line where the token may not tell who it is, and past what it may not edit', async () => {
    fake.viewer = undefined;
    fake.add(posted('old'));
    const { id } = fake.add(posted('not ours'), HUMAN);
    fake.locked.add(id);
    expect(await put()).toMatchObject({ action: 'updated', id: '1000' });
    fake.locked.add(1000);
    world.write('plan.md', plan('new'));
    expect(await put()).toMatchObject({ action: 'created' });
  });

  it('waits for the rate limit that a 403 speaks of', async () => {
    const reset = String(world.now / 1000 + 120);
    const limited = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    fake.trouble = troubles(() => true, { status: 403, headers: limited });
    const start = world.now;
    await put();
    expect(world.now - start).toBe(121_000);

    const words = { message: 'You have exceeded a secondary rate limit.' };
    fake.trouble = troubles(() => true, { status: 403, data: words });
    await put();
    expect(world.now - start).toBe(181_000);
  });

  it('says so where a workflow runs for no pull request', async () => {
    world.env = { ...world.env, GITHUB_REF: 'refs/heads/main' };
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain('PULL_REQUEST_MISSING');
    expect(await put('--if-missing', 'skip')).toMatchObject({ action: 'skipped' });
    expect(fake.seen).toEqual([]);
    expect(await put('--number', '7')).toMatchObject({ action: 'created' });
  });

  it('takes what a pipeline does not say from flags', async () => {
    world.env = { GH_TOKEN: TOKEN };
    expect((await run()).stderr).toContain('PLATFORM_UNKNOWN');
    expect((await run('--platform', 'github')).stderr).toContain('GITHUB_REPOSITORY is not set');
    const flags = ['--platform', 'github', '--repo', 'ucop/waves', '--number', '7', '--api-url', fake.origin];
    expect(await put(...flags)).toMatchObject({ action: 'created' });
    const elsewhere = await run(...flags.map((flag) => (flag === 'ucop/waves' ? 'ucop/nowhere' : flag)));
    expect(elsewhere.stderr).toContain('GitHub has no pull request 7 of ucop/nowhere');
  });
});

describe('labels where the platform is particular', () => {
  const env = (origin: string) => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: origin,
    GITHUB_REPOSITORY: 'ucop/waves',
    GITHUB_REF: 'refs/pull/7/merge',
    GH_TOKEN: TOKEN,
  });

  it('need issues: write on GitHub only where they have to be created, and have no case', async () => {
    const fake = await new FakeGitHub().listen();
    try {
      world.env = env(fake.origin);
      fake.mayCreateLabels = false;
      fake.repositoryLabels = ['Landfall:Create'];
      fake.labels = ['Landfall:Delete'];
      world.write('plan.md', doing('create'));
      expect(await put('--labels')).toMatchObject({ labels: ['landfall:create'] });
      expect(fake.labels).toEqual(['landfall:create']);
      world.write('plan.md', doing('cutover'));
      const { code, stderr } = await run('--labels');
      expect(code).toBe(0);
      expect(stderr).toContain('issues: write to create those');
    } finally {
      await fake.close();
    }
  });

  it('are not set in a merge queue, which has no pull request of its own', async () => {
    const fake = await new FakeGitHub().listen();
    try {
      const ref = 'refs/heads/gh-readonly-queue/main/pr-7-0123456789abcdef';
      world.write(
        'event.json',
        JSON.stringify({ merge_group: { head_ref: ref, base_ref: 'refs/heads/main' } }),
      );
      world.env = { ...env(fake.origin), GITHUB_REF: ref, GITHUB_EVENT_PATH: 'event.json' };
      world.write('plan.md', doing('create'));
      expect((await run('--labels')).stderr).toContain('PULL_REQUEST_MISSING');
      expect(await put('--labels', '--if-missing', 'skip')).toMatchObject({ action: 'skipped' });
      expect(fake.seen).toEqual([]);
    } finally {
      await fake.close();
    }
  });

  it('are a warning where GitLab ignores them without a word', async () => {
    const fake = await new FakeGitLab().listen();
    try {
      world.env = {
        GITLAB_CI: 'true',
        CI_API_V4_URL: `${fake.origin}/api/v4`,
        CI_PROJECT_ID: '1',
        CI_OPEN_MERGE_REQUESTS: 'ucop/waves!7',
        GITLAB_TOKEN: TOKEN,
      };
      fake.mayLabel = 'ignored';
      world.write('plan.md', doing('create'));
      const { code, stderr } = await run('--labels');
      expect(code).toBe(0);
      expect(stderr).toContain('GitLab left the labels as they were; labels need a token of scope api');
    } finally {
      await fake.close();
    }
  });
});

describe('a comment on GitLab alone', () => {
  it('folds up what is outdated, and never takes it for its own again', async () => {
    const fake = await new FakeGitLab().listen();
    try {
      world.env = { GITLAB_TOKEN: TOKEN };
      const where = ['--platform', 'gitlab', '--repo', 'ucop/waves', '--number', '7'];
      const flags = [...where, '--api-url', `${fake.origin}/api/v4/`];
      fake.add(posted('a system note quotes it'), OWN_ID, true);
      await put(...flags);
      world.write('plan.md', plan('2 to create'));
      await put(...flags, '--mode', 'new');
      expect(fake.notes[1]?.body).toBe(
        '<details><summary>Outdated: there is a newer comment below</summary>\n\n### Plan\n\n1 to create\n\n</details>',
      );
      expect(fake.notes[2]?.body).toBe(posted('2 to create'));
      fake.mayReadUser = false;
      world.write('plan.md', plan('3 to create'));
      expect(await put(...flags)).toMatchObject({ action: 'updated', id: '502' });
    } finally {
      await fake.close();
    }
  });
});

describe('a comment on Azure DevOps alone', () => {
  let fake: FakeAzure;
  beforeEach(async () => {
    fake = await new FakeAzure().listen();
    world.env = {
      TF_BUILD: 'True',
      SYSTEM_COLLECTIONURI: `${fake.origin}/ucop/`,
      BUILD_REPOSITORY_ID: REPOSITORY,
      SYSTEM_PULLREQUEST_PULLREQUESTID: '7',
      SYSTEM_ACCESSTOKEN: TOKEN,
    };
  });
  afterEach(() => fake.close());

  it('holds up no merge, and is collapsed and closed where it is outdated', async () => {
    const { id } = await put();
    expect(fake.threads).toMatchObject([{ id: Number(id), status: 4 }]);
    (fake.threads[0] ?? { status: 0 }).status = 1;
    world.write('plan.md', plan('2 to create'));
    expect(await put()).toMatchObject({ action: 'updated' });
    // A reviewer has opened the thread: that is theirs to decide.
    expect(fake.threads[0]?.status).toBe(1);
    world.write('plan.md', plan('3 to create'));
    expect(await put('--mode', 'new')).toMatchObject({ hidden: [id] });
    expect(fake.threads.map(({ status }) => status)).toEqual([4, 4]);
    expect(fake.bodies[0]).toBe(
      '<details><summary>Outdated: there is a newer comment</summary>\n\n### Plan\n\n2 to create\n\n</details>',
    );
  });

  it('is not looked for in events, on lines of files, in replies and in what was deleted', async () => {
    fake.add(posted('on a line'), BUILD_SERVICE, { threadContext: { filePath: '/waves/a.yaml' } });
    fake.add(posted('deleted'), BUILD_SERVICE, { isDeleted: true });
    const event = fake.add(posted('an event')).comments[0];
    if (event !== undefined) event.commentType = 'system';
    fake.add('Look:').comments.push({
      id: 2,
      parentCommentId: 1,
      author: { id: BUILD_SERVICE, displayName: 'x' },
      content: posted('a reply'),
      commentType: 'text',
    });
    expect(await put()).toMatchObject({ action: 'created' });
    fake.mayReadUser = false;
    world.write('plan.md', plan('2 to create'));
    expect(await put()).toMatchObject({ action: 'updated', id: '152' });
  });

  it('says that the token is not accepted where the answer is a page for signing in', async () => {
    fake.refusal = 203;
    world.env = { ...world.env, SYSTEM_ACCESSTOKEN: 'an-expired-token' };
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain('Azure DevOps does not accept the token in SYSTEM_ACCESSTOKEN');
  });

  it('sends a personal access token as a password, and shows neither of its forms', async () => {
    const token = ':0123456789abcdefghij';
    const basic = Buffer.from(token).toString('base64');
    world.env = { ...world.env, LANDFALL_PLATFORM_TOKEN: token };
    fake.trouble = (seen) => ({
      status: 403,
      data: { message: `${seen.token} and 0123456789abcdefghij` },
    });
    const { stderr } = await run('--verbose');
    expect(fake.seen[0]?.token).toBe(`Basic ${basic}`);
    expect(stderr).toContain('(Basic *** and ***)');
    expect(stderr).not.toContain(basic);
  });

  it('says what is missing: the pull request, the address, the platform', async () => {
    const push = { ...world.env, SYSTEM_PULLREQUEST_PULLREQUESTID: '' };
    world.env = push;
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain('SYSTEM_PULLREQUEST_PULLREQUESTID is not set');
    expect(await put('--if-missing', 'skip')).toMatchObject({ action: 'skipped' });
    expect((await run('--if-missing', 'skip')).stdout).toBe(
      'Skipped: this pipeline runs for no pull request.\n',
    );
    world.env = { ...push, SYSTEM_COLLECTIONURI: '' };
    expect((await run()).stderr).toContain('SYSTEM_COLLECTIONURI is not set');
    world.env = { ...push, BUILD_REPOSITORY_PROVIDER: 'GitHub' };
    expect((await run()).stderr).toContain('BUILD_REPOSITORY_PROVIDER is "GitHub"');
    expect(fake.seen).toEqual([]);
    const elsewhere = await run('--repo', 'dc/my waves', '--number', '7');
    expect(elsewhere.stderr).toContain('PLATFORM_UNKNOWN');
    world.env = push;
    const other = await run('--repo', 'dc/my waves', '--number', '7');
    expect(other.stderr).toContain('Azure DevOps has no pull request 7 of dc/my waves');
    expect(fake.seen.at(-1)?.path).toBe('/ucop/dc/_apis/git/repositories/my%20waves/pullRequests/7/threads');
  });
});

describe('a comment on Bitbucket alone', () => {
  let fake: FakeBitbucket;
  beforeEach(async () => {
    fake = await new FakeBitbucket().listen();
    world.env = {
      BITBUCKET_BUILD_NUMBER: 'unknown',
      BITBUCKET_REPO_FULL_NAME: 'ucop/waves',
      BITBUCKET_PR_ID: '7',
      BITBUCKET_TOKEN: TOKEN,
      LANDFALL_API_URL: `${fake.origin}/2.0`,
    };
  });
  afterEach(() => fake.close());

  const raw = (): string => fake.comments.at(-1)?.content.raw ?? '';

  it('has no HTML: its marker is a link definition, and folds are headings', async () => {
    const fold = [
      '<details><summary><b><code>a&amp;b &lt;i&gt;</code> on <code>``t`</code></b>: 1 to create</summary>',
      '',
      '```diff',
      '+ <details><summary>x</summary>',
      '</details>',
      '  - kept',
      '```',
      '',
      '</details>',
    ];
    const facts = '<!-- landfall-plan: create -->';
    const list = ['- `a.b` one', '  - Fix: it'];
    world.write('plan.md', ['### Plan', '', ...fold, '', ...list, '', facts, MARKER, ''].join('\n'));
    expect(await put()).toMatchObject({ action: 'created' });
    expect(raw().split('\n')).toEqual([
      MARKER.replace('<!-- ', '[//]: # (').replace(' -->', ')'),
      '[//]: # (landfall-plan: create)',
      '',
      '### Plan',
      '',
      '#### **`a&b <i>` on ``` ``t` ```**: 1 to create',
      '',
      '```diff',
      '+ <details><summary>x</summary>',
      '</details>',
      '  - kept',
      '```',
      '',
      '',
      '- `a.b` one',
      '    - Fix: it',
      '',
    ]);
    expect(await put()).toMatchObject({ action: 'unchanged' });
  });

  it('says that it is outdated, is resolved, and is never taken for the current one again', async () => {
    await put();
    for (const words of ['2', '3']) {
      world.write('plan.md', plan(words));
      expect((await put('--mode', 'new')).hidden).toHaveLength(1);
    }
    expect(fake.comments.map(({ resolution }) => resolution)).toEqual([{}, {}, undefined]);
    expect(fake.comments[0]?.content.raw).toBe(
      '_Outdated: there is a newer comment._\n\n### Plan\n\n1 to create\n',
    );
  });

  it('is not looked for in replies, on lines of files and in what was deleted', async () => {
    fake.add(hidden(posted('on a line')), OWN_UUID, { inline: { path: 'waves/a.yaml' } });
    fake.add(hidden(posted('a reply')), OWN_UUID, { parent: { id: 900 } });
    fake.add(hidden(posted('deleted')), OWN_UUID, { deleted: true });
    expect(await put()).toMatchObject({ action: 'created' });
    fake.mayReadUser = false;
    world.write('plan.md', plan('2 to create'));
    expect(await put()).toMatchObject({ action: 'updated', id: '903' });
  });

  it('takes 32,760 characters, and none more', async () => {
    const body = posted('1');
    world.write('plan.md', plan(`1${'x'.repeat(32_760 - body.length - 1)}`));
    expect(await put()).toMatchObject({ action: 'created' });
    world.write('plan.md', plan(`1${'x'.repeat(32_760 - body.length)}`));
    expect((await run()).stderr).toContain('Bitbucket allows 32760');
  });

  it('quotes the message of the platform, not its JSON', async () => {
    world.env = { ...world.env, BITBUCKET_TOKEN: 'other' };
    expect((await run()).stderr).toContain(
      '(Token is invalid, expired, or not supported for this endpoint.)',
    );
  });
});
