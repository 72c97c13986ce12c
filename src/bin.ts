#!/usr/bin/env node
import module from 'node:module';
import { versionLine } from './cli/version.ts';
import { outputOf } from './process.ts';

const [flag = '', ...others] = process.argv.slice(2);
if (others.length === 0 && ['-V', '--version'].includes(flag)) {
  outputOf(process.stdout).write(`${versionLine()}\n`);
} else {
  // Node 22.1 and later keep compiled code between runs, for all modules that are loaded from here on.
  const { enableCompileCache } = module as { readonly enableCompileCache?: () => unknown };
  enableCompileCache?.();
  const { run } = await import('./main.ts');
  await run();
}
