import { useMemoryForTemporaryFiles } from './test/setup/temporary-files.mjs';

useMemoryForTemporaryFiles();

/** What both kinds of tests share. @type {import('jest').Config} */
const common = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '/src/.*validators\\.ts$': '<rootDir>/test/setup/validators-transformer.mjs',
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  setupFiles: ['<rootDir>/test/setup/fast-check.ts'],
};

/** @type {import('jest').Config} */
export default {
  projects: [
    // `npm test`
    { ...common, displayName: 'quick', testMatch: ['**/*.test.ts', '!**/*.slow.test.ts'] },
    // `npm run test:slow`: tests that start processes, shells or pipelines. The program is built for them once.
    {
      ...common,
      displayName: 'slow',
      testMatch: ['**/*.slow.test.ts'],
      globalSetup: '<rootDir>/test/setup/build-program.mjs',
      globalTeardown: '<rootDir>/test/setup/remove-program.mjs',
    },
  ],
  // Repeated in package.json after --selectProjects, which would otherwise take the paths that follow as names of projects.
  randomize: true,
  testTimeout: 30_000,
  // Two cores are what CI has; Jest by itself would leave one of them idle.
  maxWorkers: '100%',
};
