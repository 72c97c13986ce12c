import {
  CreateLaunchTemplateVersionCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  type LaunchTemplateVersion,
  ModifyLaunchTemplateCommand,
  paginateDescribeLaunchTemplateVersions,
  paginateDescribeSubnets,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { type Concern, raiseForVm } from '../../../core/concern.ts';
import { type DesiredVm, isLoopback, type Settings } from '../../../core/desired.ts';
import { fullName } from '../../../core/names.ts';
import { canonicalJson } from '../../../core/text.ts';
import { clientConfig, type ClientOptions, prepareClient } from '../../aws/client.ts';
import { createErrorExplainer, isServiceError } from '../../aws/errors.ts';
import { backoffStrategy } from '../../aws/retries.ts';
import { ServiceTime } from '../../aws/middleware.ts';
import { splitList, TEMPLATE } from '../configurations.ts';
import { changedMembers, readTemplate, withoutState } from './template-data.ts';

/** Opens a client of EC2. The endpoint of a target is one of MGN; only the built-in one answers for EC2 as well. */
export function openEc2(options: ClientOptions): {
  readonly ec2: EC2Client;
  readonly calls: { readonly count: number };
} {
  const { endpoint, ...others } = options;
  const config = clientConfig(isLoopback(endpoint) ? options : others);
  const ec2 = new EC2Client({ ...config, retryStrategy: backoffStrategy() });
  const time = new ServiceTime(options.clock);
  return {
    ec2,
    calls: prepareClient(ec2, options, time, { once: new Set(), explain: explainEc2Error, format: 'xml' }),
  };
}

const explainEc2Error = createErrorExplainer({
  service: 'Amazon EC2',
  actions: 'the actions of EC2 that docs/security.md lists for AWS MGN',
  unreachable: 'check the network, and the region of the target',
  remedies: {
    UnauthorizedOperation:
      'allow the role of the target the actions of EC2 that docs/security.md lists for AWS MGN',
    'InvalidLaunchTemplateId.NotFound':
      'somebody has deleted the launch template: save the launch settings of the server in the console, which creates another one',
  },
});

const SUBNET = `${TEMPLATE}subnetId`;
const ADDRESS = `${TEMPLATE}privateIp`;

/**
 * With more templates than this, all templates of the account are listed instead, 200 with each call: at most as many
 * calls, as a region has 5,000 templates by default (user guide of EC2, launch template restrictions).
 */
const MAX_SINGLE_READS = 25;

/** What a template or a version is called that does not exist. */
const NOT_FOUND = ['InvalidLaunchTemplateId.NotFound', 'InvalidLaunchTemplateId.VersionNotFound'] as const;

/** A version of a launch template; its number is 0 if it does not exist. */
interface VersionSettings {
  readonly number: number;
  readonly settings: Settings;
}

/** The default version of a launch template, and the version that MGN has created it with, if that was asked for. */
export interface TemplateSettings {
  readonly settings: Settings;
  readonly created?: Settings;
}

/** The EC2 launch templates of source servers in one account and region. A launch uses the default version of one. */
export class LaunchTemplates {
  readonly #ec2: EC2Client;
  readonly #calls: { readonly count: number };

  /** Calls nothing yet. */
  constructor(options: ClientOptions) {
    const { ec2, calls } = openEc2(options);
    this.#ec2 = ec2;
    this.#calls = calls;
  }

  /** Calls made so far. */
  get calls(): number {
    return this.#calls.count;
  }

  /**
   * Reads default versions as settings, by the ids of their templates. A template that was deleted has no settings.
   * @param withCreated reads the versions too that MGN has created the templates with: a call for each template that was
   * changed since. Somebody may have deleted such a version: then it has no settings
   * @throws LandfallError
   */
  async read(
    ids: readonly string[],
    { withCreated = false } = {},
  ): Promise<ReadonlyMap<string, TemplateSettings>> {
    const current = await this.#readDefaults(ids);
    const changed = [...current].filter(([, { number }]) => number > 1).map(([id]) => id);
    const created = withCreated ? await this.#readEach(changed, '1') : undefined;
    return new Map(
      [...current].map(([id, version]) => [
        id,
        {
          settings: version.settings,
          ...(created !== undefined && { created: (created.get(id) ?? version).settings }),
        },
      ]),
    );
  }

  #readDefaults(ids: readonly string[]): Promise<ReadonlyMap<string, VersionSettings>> {
    return ids.length > MAX_SINGLE_READS ? this.#readAll(new Set(ids)) : this.#readEach(ids, '$Default');
  }

  async #readEach(ids: readonly string[], version: string): Promise<ReadonlyMap<string, VersionSettings>> {
    const found = ids.map(async (id) => {
      const versions = await this.#versions(id, [version]).catch((error: unknown) => {
        if (!NOT_FOUND.some((code) => isServiceError(error, code))) throw error;
        return [];
      });
      return [id, settingsOf(versions[0] ?? {})] as const;
    });
    return new Map(await Promise.all(found));
  }

  async #readAll(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, VersionSettings>> {
    const found = new Map<string, VersionSettings>();
    const pages = { client: this.#ec2, pageSize: 200 };
    for await (const page of paginateDescribeLaunchTemplateVersions(pages, { Versions: ['$Default'] })) {
      for (const version of page.LaunchTemplateVersions ?? []) {
        const { LaunchTemplateId: id = '' } = version;
        if (ids.has(id)) found.set(id, settingsOf(version));
      }
      if (found.size === ids.size) break;
    }
    return found;
  }

  /**
   * Compares private addresses with the subnets that VMs are launched in. Finds nothing where the role may not read
   * subnets: a launch then shows what is wrong.
   * @param vms those with a subnet in git
   */
  async subnetConcerns(vms: readonly DesiredVm[]): Promise<readonly Concern[]> {
    const ids = [...new Set(vms.map(({ settings }) => String(settings[SUBNET])))].sort();
    const blocks = await this.#subnets(ids).catch((error: unknown) => {
      if (!isServiceError(error, 'UnauthorizedOperation')) throw error;
      return undefined;
    });
    if (blocks === undefined) return [];
    return vms.flatMap((vm): readonly Concern[] => {
      const id = String(vm.settings[SUBNET]);
      const block = blocks.get(id);
      if (block === undefined) {
        const message = `${fullName(vm)} is launched in ${id}, which the account does not have in this region`;
        return [raiseForVm('launch.subnet', vm, { message, remedy: `correct ${SUBNET}` })];
      }
      const listed = splitList(String(vm.settings[`${TEMPLATE}secondaryPrivateIps`] ?? ''));
      const addresses = [
        ...(vm.settings[ADDRESS] === undefined ? [] : [String(vm.settings[ADDRESS])]),
        ...listed,
      ];
      return addresses.flatMap((address) => {
        const problem = addressProblem(address, block);
        if (problem === undefined) return [];
        const message = `${fullName(vm)} is launched with ${address}, which ${problem} ${id} (${block})`;
        return [
          raiseForVm('launch.subnet', vm, {
            message,
            remedy: 'write a free address of the subnet, or another subnet',
          }),
        ];
      });
    });
  }

  /** Reads the CIDR blocks of subnets, by their ids; a subnet that does not exist has none. */
  async #subnets(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (let start = 0; start < ids.length; start += 200) {
      const Filters = [{ Name: 'subnet-id', Values: ids.slice(start, start + 200) }];
      for await (const { Subnets = [] } of paginateDescribeSubnets({ client: this.#ec2 }, { Filters }))
        for (const { SubnetId, CidrBlock } of Subnets)
          if (SubnetId !== undefined && CidrBlock !== undefined) found.set(SubnetId, CidrBlock);
    }
    return found;
  }

  /**
   * Makes the default version say what the settings say: by one new version that keeps everything else, or by the
   * latest version if an attempt that was interrupted has created it. Changes nothing where nothing differs.
   * @param settings any settings; those of templates count
   * @throws LandfallError SERVICE_ERROR, also for a disk that the template does not have
   */
  async change(id: string, settings: Settings): Promise<void> {
    const versions = await this.#versions(id, ['$Default', '$Latest']);
    const current = versions.find(({ DefaultVersion }) => DefaultVersion === true);
    if (current === undefined) return;
    const before = withoutState(current.LaunchTemplateData ?? {});
    const changed = changedMembers(before, settings);
    if (Object.keys(changed).length === 0) return;
    const latest = versions.toSorted((a, b) => numberOf(b) - numberOf(a))[0] ?? current;
    const isMade =
      latest !== current &&
      canonicalJson(withoutState(latest.LaunchTemplateData ?? {})) ===
        canonicalJson({ ...before, ...changed });
    const number = isMade
      ? numberOf(latest)
      : await this.#create(id, numberOf(current), numberOf(latest), changed);
    const input = { LaunchTemplateId: id, DefaultVersion: String(number) };
    await this.#ec2.send(new ModifyLaunchTemplateCommand(input));
  }

  async #create(
    id: string,
    source: number,
    latest: number,
    data: RequestLaunchTemplateData,
  ): Promise<number> {
    // A call that is repeated after a lost reply creates no second version.
    const token = `landfall-${id}-${source}-${latest}-${checksum(canonicalJson(data))}`;
    const { LaunchTemplateVersion: version } = await this.#ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: id,
        SourceVersion: String(source),
        VersionDescription: 'landfall',
        ClientToken: token,
        LaunchTemplateData: data,
      }),
    );
    return numberOf(version ?? {});
  }

  async #versions(LaunchTemplateId: string, Versions: string[]): Promise<readonly LaunchTemplateVersion[]> {
    const { LaunchTemplateVersions = [] } = await this.#ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions }),
    );
    return LaunchTemplateVersions;
  }

  close(): void {
    this.#ec2.destroy();
  }
}

function settingsOf(version: LaunchTemplateVersion): VersionSettings {
  return { number: numberOf(version), settings: readTemplate(version.LaunchTemplateData ?? {}) };
}

function numberOf({ VersionNumber = 0 }: Pick<LaunchTemplateVersion, 'VersionNumber'>): number {
  return VersionNumber;
}

/** AWS reserves the first four addresses of a subnet and the last one (user guide of Amazon VPC, subnet sizing). */
const RESERVED = 4;

/** Says what is wrong with an address in a subnet, before the name of the subnet; undefined: nothing. */
function addressProblem(address: string, block: string): string | undefined {
  const [network = '', bits = '32'] = block.split('/');
  const [first, ip] = [addressNumber(network), addressNumber(address)];
  const last = first + 2 ** (32 - Number(bits)) - 1;
  if (ip < first || ip > last) return 'is not in';
  return ip < first + RESERVED || ip === last ? 'AWS reserves in' : undefined;
}

function addressNumber(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** A short text that differs where the content of a version does (FNV-1a): no secret, and no proof. */
function checksum(text: string): string {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return (sum >>> 0).toString(16);
}
