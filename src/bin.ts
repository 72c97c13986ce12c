import { versionLine } from './cli/version.ts';
import { outputOf } from './process.ts';

const [flag = '', ...others] = process.argv.slice(2);
if (others.length === 0 && ['-V', '--version'].includes(flag)) {
  outputOf(process.stdout).write(`${versionLine()}\n`);
} else {
  void start();
}

async function start(): Promise<void> {
  const { keepCompiledCode } = await import('./compiled-code.ts');
  keepCompiledCode(process);
  const { run } = await import('./main.ts');
  await run();
}
