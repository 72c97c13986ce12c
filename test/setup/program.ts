import { join } from 'node:path';

/** The folder with the program that test/setup/build-program.mjs built: dist/, schemas/, action.yml and so on. Read-only. */
export const PROGRAM_FOLDER = process.env['PROGRAM_FOLDER'] ?? '';
if (PROGRAM_FOLDER === '')
  throw new Error('the program is built for *.slow.test.ts only: rename this test file');

/** The file that starts the program: `node BIN plan`. */
export const BIN = join(PROGRAM_FOLDER, 'dist', 'bin.js');
