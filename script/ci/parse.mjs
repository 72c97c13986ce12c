import { spawnSync } from 'node:child_process';
import { LineCounter, parseDocument } from 'yaml';

/** YAML as data, or what is wrong with it as YAML, doubled keys too. */
export function parseYaml(text) {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const errors = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    line: lineCounter.linePos(pos[0]).line,
    message,
  }));
  return errors.length > 0 ? { errors } : { data: document.toJS(), errors };
}

/** What bash says of a script that it cannot read; nothing is run. */
export function bashProblem(script) {
  const { status, stderr, error } = spawnSync('bash', ['--noprofile', '--norc', '-n'], {
    input: script,
    encoding: 'utf8',
  });
  if (error) throw error;
  return status === 0 ? undefined : stderr.trim().split('\n')[0];
}

/** All strings of a tree of YAML. */
export function stringsIn(node) {
  if (typeof node === 'string') return [node];
  if (typeof node !== 'object' || node === null) return [];
  return Object.values(node).flatMap(stringsIn);
}

/** Whether it is a mapping. */
export function isMapping(node) {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}
