// Finds the programs that landfall is measured beside. A peer that is not installed is skipped with a word.
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { env, measure, run } from './measure.mjs';

const script = fileURLToPath(new URL('./peer.py', import.meta.url));
const schema = fileURLToPath(new URL('../../schemas/wave.schema.json', import.meta.url));

/** Returns a function that validates the wave files of a folder with ajv-cli: that of AJV, or of the path. */
export function ajvPeer() {
  let program = process.env.AJV;
  try {
    program ??= execFileSync('which', ['ajv'], { encoding: 'utf8' }).trim();
    program = realpathSync(program);
  } catch {
    console.log('ajv-cli is not installed, and is skipped: npm install -g ajv-cli ajv-formats@2');
    return undefined;
  }
  const options = ['--spec=draft2020', '-c', 'ajv-formats', '--strict=false'];
  return (folder) => measure([program, 'validate', '-s', schema, '-d', 'waves/*.yaml', ...options], folder);
}

/** Returns a function that runs the boto3 script, with the Python of PYTHON, or the first that has what it needs. */
export function botoPeer() {
  const candidates = [process.env.PYTHON, '/usr/bin/python3', 'python3'].filter((one) => one !== undefined);
  const check = 'import boto3, yaml; boto3.client("sms", region_name="us-west-2")';
  const python = candidates.find((one) => {
    try {
      execFileSync(one, ['-c', check], { env, stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  if (python === undefined)
    console.log(
      'boto3 with the model of sms is not installed, and is skipped: apt install python3-boto3 python3-yaml',
    );
  return python === undefined ? undefined : (...args) => run(python, [script, ...args]);
}
