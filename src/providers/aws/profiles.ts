import { exec } from 'node:child_process';
import type { Environment } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import { didYouMean, oneOf } from '../../core/suggest.ts';

/** What credentials and connections are looked for in. */
export type Machine = Pick<Environment, 'env' | 'ask'>;

/** Keys for signing calls, in the form of the SDK. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export type Profile = Readonly<Record<string, string | undefined>>;

export interface NamedProfile {
  readonly name: string;
  /** The variable that names it; absent: none does, and it is `default`. */
  readonly variable?: string;
  /** Absent: the files have no such profile. */
  readonly profile?: Profile;
  readonly profiles: Readonly<Record<string, Profile>>;
}

/**
 * Reads the profile that the variables name, from both files; AWS_PROFILE comes before AWS_DEFAULT_PROFILE. Keys in the config
 * file come after `credential_process`, and those in the credentials file before it, as in botocore's
 * `create_credential_resolver`.
 */
export async function readProfile(env: Machine['env']): Promise<NamedProfile> {
  const { loadSharedConfigFiles } = await import('@smithy/shared-ini-file-loader');
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ...filesOf(env), ignoreCache: true });
  const profiles: Record<string, Profile> = { ...configFile };
  for (const [name, profile] of Object.entries(configFile)) {
    if (profile['credential_process'] !== undefined) profiles[name] = { ...profile, ...NO_KEYS };
  }
  for (const [name, keys] of Object.entries(credentialsFile)) profiles[name] = { ...profiles[name], ...keys };
  const variable = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'].find((one) => (env[one] ?? '') !== '');
  const name = (variable !== undefined && env[variable]) || 'default';
  const profile = profiles[name];
  return { name, profiles, ...(variable !== undefined && { variable }), ...(profile && { profile }) };
}

const NO_KEYS = { aws_access_key_id: undefined, aws_secret_access_key: undefined } as const;

/** Where the files of profiles are, for functions of the SDK. */
export function filesOf(env: Machine['env']): {
  readonly filepath?: string;
  readonly configFilepath?: string;
} {
  const { AWS_SHARED_CREDENTIALS_FILE: filepath = '', AWS_CONFIG_FILE: configFilepath = '' } = env;
  return { ...(filepath !== '' && { filepath }), ...(configFilepath !== '' && { configFilepath }) };
}

/** What a profile has beside a role; `process` has code of its own. */
export const KIND_LABELS = {
  'web-identity': 'web identity',
  keys: 'its keys',
  login: '`aws login`',
} as const;

export type ProfileKind = 'role' | 'sso' | 'process' | keyof typeof KIND_LABELS;

/** Returns what the credentials of a profile come from, in the order of the AWS CLI; undefined: it has none. */
export function kindOf(profile: Profile): ProfileKind | undefined {
  const has = (...keys: readonly string[]): boolean => keys.every((key) => profile[key] !== undefined);
  if (has('role_arn', 'web_identity_token_file')) return 'web-identity';
  if (has('role_arn')) return 'role';
  if (has('sso_session') || has('sso_start_url')) return 'sso';
  if (has('aws_access_key_id', 'aws_secret_access_key')) return 'keys';
  if (has('login_session')) return 'login';
  return has('credential_process') ? 'process' : undefined;
}

/**
 * Follows `source_profile` from profile to profile.
 * @returns the name of the last profile, which has credentials or says where they are
 * @throws LandfallError CREDENTIALS_MISSING where it leads to no profile, back to an earlier one, or a role has no source
 */
export function lastSource({ name, profiles }: NamedProfile): string {
  const seen: string[] = [];
  for (let at = name; ;) {
    const profile = profiles[at] ?? {};
    const { source_profile: next, credential_source: source, role_arn: role } = profile;
    const isKeys = kindOf({ ...profile, role_arn: undefined }) === 'keys';
    if (role === undefined || (seen.length > 0 && isKeys)) return at;
    if (next === undefined && source !== undefined) return at;
    if (next === undefined) {
      throw missing(
        `the profile ${at} has role_arn, and neither source_profile nor credential_source`,
        `name a profile with credentials in source_profile of the profile ${at}`,
      );
    }
    seen.push(at);
    if (seen.includes(next) && !(next === at && isKeys)) {
      throw missing(
        `the source_profile of profiles leads in a circle: ${[...seen, next].join(' → ')}`,
        'name a profile with credentials in one of them',
      );
    }
    if (profiles[next] === undefined) {
      const known = Object.keys(profiles).filter((one) => !one.includes('.'));
      throw missing(
        `the profile ${at} names the source_profile ${next}, which does not exist`,
        didYouMean(next, known, `add the profile ${next}, or correct source_profile`),
      );
    }
    if (next === at) return at;
    at = next;
  }
}

/** Returns the error for credentials that are not there. */
export function missing(message: string, remedy: string, cause?: unknown): LandfallError {
  return new LandfallError('CREDENTIALS_MISSING', message, { remedy, cause });
}

export function missingProfile({ name, profiles }: NamedProfile, variable: string): LandfallError {
  const known = Object.keys(profiles).filter((one) => !one.includes('.'));
  const otherwise =
    known.length === 0
      ? 'create it with `aws configure`, or name the files with AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE'
      : `set ${variable} to ${oneOf('profile', known)}`;
  return missing(
    `the profile ${name}, which ${variable} names, is in neither the AWS config file nor the credentials file`,
    didYouMean(name, known, otherwise),
  );
}

/** The most of a process's stderr that a message quotes, from its end, in UTF-16 code units. */
const MAX_STDERR = 500;

/** Runs the `credential_process` of a profile (AWS SDKs and Tools Reference Guide, "Process credential provider"). */
export async function runProcess(name: string, command: string): Promise<AwsCredentials> {
  const failed = (why: string): LandfallError =>
    missing(
      `the credential_process of the profile ${name} ${why}`,
      'run its command, which is in the AWS config file, by itself',
    );
  const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>(
    (resolve) => {
      exec(command, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? error?.signal ?? (error ? 'unknown' : 0), stdout, stderr });
      });
    },
  );
  if (code !== 0) {
    const said = stderr.trim().slice(-MAX_STDERR);
    throw failed(`failed with exit code ${String(code)}${said === '' ? '' : `: ${said}`}`);
  }
  let answer: Partial<Record<string, unknown>>;
  try {
    answer = JSON.parse(stdout) as Partial<Record<string, unknown>>;
  } catch {
    throw failed('did not print JSON');
  }
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer;
  if (Version !== 1) throw failed('did not print "Version": 1');
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') {
    throw failed('did not print AccessKeyId and SecretAccessKey');
  }
  const expiration = typeof Expiration === 'string' ? new Date(Expiration) : undefined;
  if (expiration !== undefined && !(expiration.getTime() > Date.now())) {
    throw failed('printed credentials that have expired');
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof SessionToken === 'string' && { sessionToken: SessionToken }),
    ...(expiration && { expiration }),
  };
}
