// The rooms of src/ and who may enter whom. Imports only ever point down the list in docs/lifecycle.md.

const rooms = {
  // It parses flags, prints results and returns exit codes; workflow/ does the rest.
  cli: ['workflow', 'report', 'core'],
  workflow: [
    'apply',
    'plan',
    'forecast',
    'policy',
    'journey',
    'schedule',
    'inventory',
    'manifest',
    'platforms',
    'locks',
    'providers',
    'local',
    'core',
  ],
  report: ['core'],
  apply: ['core'],
  // Times, windows and the order of slots are for those who decide: plans and forecasts.
  schedule: ['core'],
  // A plan starts from where each VM stands.
  plan: ['journey', 'schedule', 'core'],
  // A simulation starts from where each VM stands, and obeys windows as a plan does.
  forecast: ['journey', 'schedule', 'core'],
  journey: ['core'],
  // What a team already has, made into wave files: it reads operating systems as manifests are read.
  // Both go by the definitions of the services (rule definitions-only).
  inventory: ['manifest', 'providers', 'core'],
  // Expressions of policies are checked with the manifests.
  manifest: ['schedule', 'policy', 'providers', 'core'],
  // An expression is evaluated on a plan as data.
  policy: ['core'],
  platforms: ['network', 'core'],
  // S3 is reached as every AWS service is (providers/aws/); a lock in a folder is the lock of the endpoint's state folder
  // (rule locks-share-lock-files).
  locks: ['providers', 'local', 'network', 'core'],
  providers: ['network', 'core'],
  // The one way to other machines: proxies and certificates.
  network: ['core'],
  local: [],
  // Edit distances are arithmetic.
  core: ['fastest-levenshtein'],
};

/** Which npm packages and Node modules each room may use: everything else is an error. */
const packages = {
  cli: ['commander', 'ms', 'picocolors', 'node:path'],
  // ajv holds saved plans against their schema, which is read from disk: planning itself reads nothing.
  workflow: [
    'picomatch',
    'ajv',
    'write-file-atomic',
    'node:child_process',
    'node:fs',
    'node:fs/promises',
    'node:os',
    'node:path',
    'node:url',
  ],
  // A hash is as pure as a renderer; explanations are texts that ship beside it. A calendar has the clocks of time zones.
  report: [
    'csv-stringify',
    'echarts',
    'ical-generator',
    'picocolors',
    'temporal-polyfill',
    'node:crypto',
    'node:fs',
  ],
  apply: ['p-limit'],
  journey: [],
  forecast: [],
  schedule: ['croner', 'temporal-polyfill'],
  plan: ['node:crypto'],
  policy: ['@marcbachmann/cel-js'],
  manifest: [
    'js-yaml',
    'ajv',
    'ajv-formats',
    'picomatch',
    'tinyglobby',
    'node:fs',
    'node:fs/promises',
    'node:path',
    'node:url',
  ],
  inventory: ['csv-parse', 'csv-stringify', 'iconv-lite', 'yaml', 'picomatch', 'fflate', 'saxes'],
  platforms: ['p-retry'],
  locks: ['@aws-sdk', 'node:fs', 'node:stream'],
  // Checks of launched instances open ports; a profile may name a process that prints credentials.
  providers: ['@aws-sdk', '@smithy', 'p-limit', 'node:child_process', 'node:net'],
  network: ['hpagent', 'node:crypto', 'node:fs/promises', 'node:http', 'node:https', 'node:net', 'node:tls'],
  local: [
    'ajv',
    'csv-parse',
    'write-file-atomic',
    'node:http',
    'node:fs',
    'node:fs/promises',
    'node:path',
    'node:crypto',
    'node:url',
    'node:net',
    'node:os',
    'node:timers',
    'node:timers/promises',
    'node:stream',
    'node:string_decoder',
    'node:events',
  ],
  // Edit distances are arithmetic.
  core: ['fastest-levenshtein'],
};

const escape = (text) => text.replace(/[/\\^$.*+?()[\]{}|]/g, '\\$&');
const npm = (name) =>
  name.startsWith('node:') ? `^(node:)?${escape(name.slice(5))}$` : `node_modules/${escape(name)}(/|$)`;

const roomRules = Object.entries(rooms).map(([room, below]) => ({
  name: `room-${room}`,
  comment: `src/${room}/ may import only ${['itself', ...below].join(', ')} and its own packages: imports point down, never up or sideways.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: {
    pathNot: [`^src/(${[room, ...below].join('|')})/`, ...packages[room].map(npm)],
  },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'bin-only-cli',
      comment:
        'bin.ts and main.ts hand over to cli/ at once; process.ts is the machine around it, and compiled-code.ts keeps what V8 compiles.',
      severity: 'error',
      from: { path: '^src/(bin|main)\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(cli/|(main|process|compiled-code)\\.ts$)' },
    },
    {
      name: 'library-only-workflow',
      comment: 'The library is the functions of workflow/, and the types of core/ that they return.',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(workflow/|core/|process\\.ts$)' },
    },
    {
      name: 'no-circular',
      comment: 'A cycle means two files are one idea, or an idea is in the wrong file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'manifest-fs-in-one-file',
      comment: 'Reading disk is an edge: the rest of manifest/ works on text that is handed in.',
      severity: 'error',
      from: { path: '^src/manifest/', pathNot: '^src/manifest/(files|schemas)\\.ts$' },
      to: { path: '^(node:)?fs' },
    },
    {
      name: 'providers-are-strangers',
      comment: 'One adapter knows nothing of another.',
      severity: 'error',
      from: { path: '^src/providers/([^/]+)/' },
      to: { path: '^src/providers/([^/]+)/', pathNot: '^src/providers/($1|aws)/' },
    },
    {
      name: 'locks-share-lock-files',
      comment:
        'locks/ and the local endpoint lock folders by the same algorithm: locks/ imports that one module of local/, and nothing else.',
      severity: 'error',
      from: { path: '^src/locks/' },
      to: { path: '^src/local/', pathNot: '^src/local/storage/numbered-lock\\.ts$' },
    },
    {
      name: 'lock-files-stand-alone',
      comment: 'The module that locks/ shares with the local endpoint imports nothing of ours.',
      severity: 'error',
      from: { path: '^src/local/storage/numbered-lock\\.ts$' },
      to: { path: '^src/' },
    },
    {
      name: 'local-services-are-strangers',
      comment:
        'The simulated services share local/simulation/ and local/http/; they do not import each other.',
      severity: 'error',
      from: { path: '^src/local/(sms|mgn)/' },
      to: { path: '^src/local/(sms|mgn)/', pathNot: '^src/local/$1/' },
    },
    {
      name: 'definitions-only',
      comment:
        'manifest/ and inventory/ know services by their definitions alone, through the registry: they call nothing.',
      severity: 'error',
      from: { path: '^src/(manifest|inventory)/' },
      to: { path: '^src/providers/', pathNot: '^src/providers/registry\\.ts$' },
    },
    {
      name: 'sdk-is-lazy',
      comment:
        'Nothing loads the SDK that does not call AWS: workflow/ reaches locks in S3 with import() only, and definitions their adapters.',
      severity: 'error',
      from: { path: '^src/(cli|workflow|bin|providers/(registry|[^/]+/definition)\\.ts)' },
      to: {
        path: '^src/(providers/[^/]+/(index|client|api)|locks/s3(-client)?)\\.ts$',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
