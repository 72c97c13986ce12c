// Compiles src/ to dist/ and carries the data files along. Builds beside and swaps, so that a program that runs from
// dist/ meanwhile never finds it empty.
// Usage: node script/build.mjs [FOLDER [OPTIONS of tsc]]
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const out = process.argv[2] ?? 'dist';
const beside = `${out}.${process.pid}`;
process.on('exit', () => rmSync(beside, { recursive: true, force: true }));

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', beside, ...process.argv.slice(3)];
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
// Explanations are read by the program; other Markdown is for those who read the source.
const isSource = /\.ts$|(?<!explanations[\\/][^\\/]*)\.md$/;
cpSync('src', beside, { recursive: true, filter: (path) => !isSource.test(path) });
chmodSync(join(beside, 'bin.js'), 0o755);

const old = `${beside}.old`;
if (existsSync(out)) renameSync(out, old);
renameSync(beside, out);
rmSync(old, { recursive: true, force: true });
