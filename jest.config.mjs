/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  setupFiles: ['<rootDir>/test/setup/fast-check.ts'],
  randomize: true,
  testTimeout: 30_000,
  // Two cores are what CI has; Jest by itself would leave one of them idle.
  maxWorkers: '100%',
};
