import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'dist-maps/',
      'node_modules/',
      'coverage/',
      '.landfall/',
      '**/golden/**',
      '**/fixtures/**',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    // Not the project service, which is for editors: it builds the program twice here, for ten seconds of processor time.
    languageOptions: { parserOptions: { project: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // AWS closed SMS and marked its client so; it is the API this program is for.
      '@typescript-eslint/no-deprecated': [
        'error',
        { allow: [{ from: 'package', package: '@aws-sdk/client-sms', name: ['SMS', 'SMSClient'] }] },
      ],
    },
  },
  {
    // The design: nothing is printed outside report/ and cli/, and only bin.ts, main.ts and process.ts touch `process`.
    files: ['src/**/*.ts'],
    ignores: ['src/bin.ts', 'src/main.ts', 'src/process.ts'],
    rules: { 'no-console': 'error', 'no-restricted-globals': ['error', 'process', 'console'] },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', performance: 'readonly' },
    },
  },
  {
    // What a report brings for the browser.
    files: ['src/report/html/*.js'],
    languageOptions: {
      sourceType: 'script',
      globals: {
        document: 'readonly',
        Element: 'readonly',
        clearTimeout: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
  prettier,
);
