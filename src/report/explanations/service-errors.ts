import type { ErrorCode } from '../../core/error.ts';
import { type Explanation, PROJECT_REFERENCE } from './explanation.ts';

/** Errors of AWS, of the way there, and of landfall itself. */
export const SERVICE_ERRORS = {
  ACCOUNT_MISMATCH: {
    means: 'The credentials lead to another AWS account than `account` of the target says.',
    why: 'Waves for production would go to a test account, or the other way round. Nothing was done.',
    fix: [
      'See where the credentials lead: `aws sts get-caller-identity`.',
      'Choose the right profile, or name a role of that account with `assumeRole`.',
      'If the target has moved to another account, correct `account`.',
    ],
    source: PROJECT_REFERENCE,
    example: { language: 'sh', right: 'AWS_PROFILE=production landfall plan' },
  },
  CATALOG_LATE: {
    means: 'The service is still gathering its server catalogue, and `--timeout` has run out.',
    why: 'VMs may be missing in it, and a plan would not find them. The service goes on gathering.',
    fix: [
      'See `landfall connectors list`: a connector that is down gathers nothing.',
      'Wait longer: `landfall catalog import --wait --timeout 30m`.',
    ],
    source: 'how the service works: it gathers in the background, for up to about a minute',
    example: { language: 'sh', right: 'landfall catalog import --wait --timeout 30m' },
  },
  NOT_SUPPORTED: {
    means: 'The command asks for something that the service of this target does not have.',
    why: 'AWS SMS has a catalogue, connectors and runs; AWS MGN has vCenter clients, and replicates all the time. Nothing was done.',
    fix: ['Do what the message says in its place.', 'Or name another target with `--target`.'],
    source: 'docs/lifecycle.md: what a wave comes to on each service',
    example: { language: 'sh', right: 'landfall status --target production' },
  },
  CREDENTIALS_MISSING: {
    means: 'There are no AWS credentials in the environment, in a profile, or from the machine’s role.',
    why: 'Targets other than `endpoint: local` need some. Nothing was done.',
    fix: [
      'Sign in with `aws sso login`, or set AWS_PROFILE.',
      'In a pipeline, let the job take a role by its identity token: docs/security.md shows how.',
      'To try things out without any, use a target with `endpoint: local`.',
    ],
    source: 'AWS SDKs and Tools Reference Guide, “Standardized credential providers”',
    example: {
      language: 'sh',
      right: 'aws sso login --profile migration\nAWS_PROFILE=migration landfall plan',
    },
  },
  CREDENTIALS_REFUSED: {
    means:
      'AWS knows the credentials and refuses them: expired, not allowed to make this call, or signed with a wrong clock.',
    why: 'The call was not made. In the middle of an apply, what was done before it stays done.',
    fix: [
      'If they have expired, sign in again.',
      'If a permission is missing, compare with the policies for plan and apply in docs/security.md.',
      'See that the machine’s clock is right: five minutes off are too many.',
    ],
    source: 'docs/security.md, “The plan role” and “The apply role”',
    example: { language: 'sh', right: 'aws sts get-caller-identity\ndate -u' },
  },
  ENDPOINT_UNREACHABLE: {
    means: 'No connection to the service: the name does not resolve, nothing answers, or TLS fails.',
    why: 'AWS itself has switched SMS off: a target with `provider: sms` works with the built-in endpoint or a private one only. Nothing was done by this call.',
    fix: [
      'See that `region` and `endpoint` of the target are right.',
      'See that a proxy or firewall lets this machine through.',
      'To try landfall out, write `endpoint: local`.',
    ],
    source: PROJECT_REFERENCE,
    example: {
      language: 'yaml',
      right: 'targets:\n  local: { provider: sms, region: us-west-2, endpoint: local }',
    },
  },
  THROTTLED: {
    means:
      'The service kept answering that there are too many calls, and landfall has given up after several tries.',
    why: 'Something else in the account may be calling it, or the target allows too many calls at once. What was done stays done.',
    fix: [
      'Run again later: a run goes on from what is there.',
      'Lower `limits.apiRequests` of the target; it is 8 unless it says otherwise.',
      'See that no two pipelines run against the same account at once.',
    ],
    source: 'AWS General Reference: ThrottlingException',
    example: { language: 'yaml', right: 'limits:\n  apiRequests: 2' },
  },
  SERVICE_ERROR: {
    means:
      'The service refused a call, failed at it, or gave an answer that cannot be understood. Its own words are in the message.',
    why: 'The change of one VM may not have been made; other changes of the run go on. An apply that did some and not others exits with 6.',
    fix: [
      'Do what the message says, if it says so.',
      'Plan again: the plan shows what is there now, and what is still missing.',
      'If it stays so, look for the service’s words in its API reference.',
    ],
    source: 'the error codes in the AWS SMS API Reference',
    example: { language: 'sh', right: 'landfall plan\nlandfall apply --report outcome.json' },
  },
  INTERNAL: {
    means: 'landfall has met a situation that it was not made for: a bug of ours.',
    why: 'It stops rather than go on with what it does not understand. What was done stays done, and the next run goes on from there.',
    fix: [
      'Run `landfall plan`: it shows what is there now.',
      'Report it, with the command, the version and the message.',
    ],
    source: 'landfall itself',
    example: { language: 'sh', right: 'landfall --version\nlandfall plan --verbose' },
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>;
