import { expect } from '@jest/globals';
import { parseXml } from '../report/formats/xml-parser.ts';
import { formatJson } from '../../src/report/text/json.ts';
import { expectOnlyOurs } from '../report/markdown/parsed.ts';
import { commandsIn } from '../report/runner-commands.ts';
import type { Run } from './scratch-project.ts';

/** Whatever reads a log: terminals, and runners of pipelines. */
export function expectHarmless({ stdout, stderr }: Run, what: string): void {
  const ours = /^::(error|warning) file=[^:]*,line=\d+,/;
  for (const text of [stdout, stderr]) {
    const [obeyed] = /.{0,60}(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.exec(text) ?? [];
    expect([what, obeyed]).toEqual([what, undefined]);
    expect([what, commandsIn(text).filter((line) => !ours.test(line))]).toEqual([what, []]);
  }
}

/** What a format is to whoever reads it by its rules. */
export async function expectSound({ stdout }: Run, argv: readonly string[]): Promise<void> {
  if (argv.includes('junit')) expect(parseXml(stdout).name).toBe('testsuites');
  if (['json', 'gitlab', 'sarif'].some((format) => argv.includes(format))) {
    expect([argv, typeof JSON.parse(stdout)]).toEqual([argv, 'object']);
  }
  if (argv.includes('markdown')) {
    const marker = /^<!-- landfall:[\w:~.,-]+ -->$/m.exec(stdout)?.[0] ?? '';
    await expectOnlyOurs(stdout, marker);
  }
}

/**
 * Writes a manifest as JSON, which is YAML and can escape every character. Placeholders of templates in names are escaped as
 * the concern `yaml.template` says.
 */
export function formatManifest(data: object): string {
  return formatJson(data).replaceAll(/[$<{](?=[{%])/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
}
