import type { Colors } from 'picocolors/types.js';
import type { WorkflowEvent } from '../core/environment.ts';
import { describeLockHolder, describeTargets } from '../core/lock.ts';
import { renderLeftInFlight } from '../report/apply/progress.ts';
import { renderRunsLeft } from '../report/status/on-demand.ts';
import { renderError } from '../report/text/errors.ts';
import { escapeTerminal } from '../report/text/escape.ts';
import { renderLeftOutFiles } from '../report/validation/validation.ts';
import type { Host } from './host.ts';

interface Printer {
  readonly host: Pick<Host, 'stderr'>;
  readonly verbose: boolean;
  readonly errorColors: Colors;
  readonly log: (text: string) => void;
}

/** Prints on stderr what happens while a command runs: errors always, details with `--verbose`, the rest unless `--quiet`. */
export function printEvent({ host, verbose, log, errorColors }: Printer, event: WorkflowEvent): void {
  const say = (text: string): void => {
    log(`${escapeTerminal(text)}\n`);
  };
  switch (event.kind) {
    case 'files-left-out':
      host.stderr.write(renderLeftOutFiles(event.problems));
      break;
    case 'interrupted':
      say('Stopping: calls in flight will finish. Interrupt again to end at once.');
      break;
    case 'lock-waiting':
      say(
        `Waiting for the lock of ${describeTargets(event.targets)}: ${describeLockHolder(event.found, event.at)}.`,
      );
      break;
    case 'lock-taken-over': {
      const { who, pid } = event.holder;
      say(
        `The lock of ${describeTargets(event.targets)} was held by ${who}, process ${pid ?? '?'}, which has ended. Taking it over.`,
      );
      break;
    }
    case 'lock-unchecked':
      if (verbose) log(renderError(event.error, errorColors));
      break;
    case 'lock-lost':
    case 'lock-not-released':
    case 'target-unreachable':
      host.stderr.write(renderError(event.error, errorColors));
      break;
    case 'lock-at-risk':
      say(
        `If you interrupt again, the lock of ${describeTargets(event.targets)} remains. To remove it: ${event.command}`,
      );
      break;
    case 'lock-left':
      host.stderr.write(
        `${escapeTerminal(`The lock of ${describeTargets(event.targets)} remains. When no call of this run is in progress: ${event.command}`)}\n`,
      );
      break;
    case 'left-in-flight':
      host.stderr.write(renderLeftInFlight(event.changes));
      break;
    case 'runs-left':
      host.stderr.write(renderRunsLeft(event.starting, event.started));
      break;
    case 'target-observed':
      if (verbose) say(`observed ${event.target} in ${event.calls} API calls`);
      if (verbose) for (const note of event.notes ?? []) say(`${event.target}: ${note}`);
      break;
    case 'platform-called':
      if (verbose) say(event.line);
      break;
    case 'every-wave-planned':
      say(`${event.reason} since ${event.revision}: all waves are planned`);
      break;
    case 'manifests-read':
    case 'planned':
      break;
  }
}
