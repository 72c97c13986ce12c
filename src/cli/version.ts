import { version } from '../workflow/shipped-files.ts';

/** What `landfall --version` prints, without a newline. */
export function versionLine(): string {
  return `landfall ${version()}`;
}
