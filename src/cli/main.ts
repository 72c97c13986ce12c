import { version } from '../workflow/shipped-files.ts';
import type { Host } from './host.ts';

/**
 * Runs the program once: arguments in, exit code out. Everything printed goes through `host`.
 * `--version` is answered before anything else is loaded.
 */
export async function main(host: Host): Promise<number> {
  const [first] = host.argv;
  if (first === '--version' || first === '-V') {
    host.stdout.write(`landfall ${version()}\n`);
    return 0;
  }
  const { run } = await import('./program.ts');
  return run(host, version());
}
