import { ServiceError } from '../errors.ts';

/** The content of a launch template by the names of EC2's API, as JSON. */
export type TemplateData = Readonly<Record<string, unknown>>;

type Scalar = 'text' | 'number' | 'boolean';
type Members = Readonly<Record<string, Type>>;
/** A list is repeated in a form as `<request>.1`, and is in XML a `<response>` with an `<item>` for each of its items. */
interface List {
  readonly list: Scalar | { readonly members: Members };
  readonly request: string;
  readonly response: string;
  /** The element of an item; absent: `item`. */
  readonly item?: string;
}
type Type = Scalar | { readonly members: Members } | List;

const listOf = (members: Members, request: string, response: string): List => ({
  list: { members },
  request,
  response,
});

const GROUPS: List = { list: 'text', request: 'SecurityGroupId', response: 'groupSet', item: 'groupId' };

/**
 * The members of RequestLaunchTemplateData and ResponseLaunchTemplateData in the model of EC2 (2016-11-15), except
 * elastic GPUs, inference accelerators and instance requirements, which no launch of MGN uses.
 */
const MEMBERS: Members = {
  KernelId: 'text',
  EbsOptimized: 'boolean',
  IamInstanceProfile: { members: { Arn: 'text', Name: 'text' } },
  BlockDeviceMappings: listOf(
    {
      DeviceName: 'text',
      VirtualName: 'text',
      Ebs: {
        members: {
          Encrypted: 'boolean',
          DeleteOnTermination: 'boolean',
          Iops: 'number',
          KmsKeyId: 'text',
          SnapshotId: 'text',
          VolumeSize: 'number',
          VolumeType: 'text',
          Throughput: 'number',
        },
      },
      NoDevice: 'text',
    },
    'BlockDeviceMapping',
    'blockDeviceMappingSet',
  ),
  NetworkInterfaces: listOf(
    {
      AssociateCarrierIpAddress: 'boolean',
      AssociatePublicIpAddress: 'boolean',
      DeleteOnTermination: 'boolean',
      Description: 'text',
      DeviceIndex: 'number',
      Groups: GROUPS,
      InterfaceType: 'text',
      Ipv6AddressCount: 'number',
      Ipv6Addresses: listOf({ Ipv6Address: 'text' }, 'Ipv6Addresses', 'ipv6AddressesSet'),
      NetworkInterfaceId: 'text',
      PrivateIpAddress: 'text',
      PrivateIpAddresses: listOf(
        { Primary: 'boolean', PrivateIpAddress: 'text' },
        'PrivateIpAddresses',
        'privateIpAddressesSet',
      ),
      SecondaryPrivateIpAddressCount: 'number',
      SubnetId: 'text',
      NetworkCardIndex: 'number',
      Ipv4Prefixes: listOf({ Ipv4Prefix: 'text' }, 'Ipv4Prefix', 'ipv4PrefixSet'),
      Ipv4PrefixCount: 'number',
      Ipv6Prefixes: listOf({ Ipv6Prefix: 'text' }, 'Ipv6Prefix', 'ipv6PrefixSet'),
      Ipv6PrefixCount: 'number',
      PrimaryIpv6: 'boolean',
      EnaSrdSpecification: {
        members: {
          EnaSrdEnabled: 'boolean',
          EnaSrdUdpSpecification: { members: { EnaSrdUdpEnabled: 'boolean' } },
        },
      },
      ConnectionTrackingSpecification: {
        members: { TcpEstablishedTimeout: 'number', UdpStreamTimeout: 'number', UdpTimeout: 'number' },
      },
    },
    'NetworkInterface',
    'networkInterfaceSet',
  ),
  ImageId: 'text',
  InstanceType: 'text',
  KeyName: 'text',
  Monitoring: { members: { Enabled: 'boolean' } },
  Placement: {
    members: {
      AvailabilityZone: 'text',
      Affinity: 'text',
      GroupName: 'text',
      HostId: 'text',
      Tenancy: 'text',
      SpreadDomain: 'text',
      HostResourceGroupArn: 'text',
      PartitionNumber: 'number',
      GroupId: 'text',
    },
  },
  RamDiskId: 'text',
  DisableApiTermination: 'boolean',
  InstanceInitiatedShutdownBehavior: 'text',
  UserData: 'text',
  TagSpecifications: listOf(
    { ResourceType: 'text', Tags: listOf({ Key: 'text', Value: 'text' }, 'Tag', 'tagSet') },
    'TagSpecification',
    'tagSpecificationSet',
  ),
  SecurityGroupIds: { list: 'text', request: 'SecurityGroupId', response: 'securityGroupIdSet' },
  SecurityGroups: { list: 'text', request: 'SecurityGroup', response: 'securityGroupSet' },
  InstanceMarketOptions: {
    members: {
      MarketType: 'text',
      SpotOptions: {
        members: {
          MaxPrice: 'text',
          SpotInstanceType: 'text',
          BlockDurationMinutes: 'number',
          ValidUntil: 'text',
          InstanceInterruptionBehavior: 'text',
        },
      },
    },
  },
  CreditSpecification: { members: { CpuCredits: 'text' } },
  CpuOptions: { members: { CoreCount: 'number', ThreadsPerCore: 'number', AmdSevSnp: 'text' } },
  CapacityReservationSpecification: {
    members: {
      CapacityReservationPreference: 'text',
      CapacityReservationTarget: {
        members: { CapacityReservationId: 'text', CapacityReservationResourceGroupArn: 'text' },
      },
    },
  },
  LicenseSpecifications: listOf({ LicenseConfigurationArn: 'text' }, 'LicenseSpecification', 'licenseSet'),
  HibernationOptions: { members: { Configured: 'boolean' } },
  MetadataOptions: {
    members: {
      State: 'text',
      HttpTokens: 'text',
      HttpPutResponseHopLimit: 'number',
      HttpEndpoint: 'text',
      HttpProtocolIpv6: 'text',
      InstanceMetadataTags: 'text',
    },
  },
  EnclaveOptions: { members: { Enabled: 'boolean' } },
  PrivateDnsNameOptions: {
    members: {
      HostnameType: 'text',
      EnableResourceNameDnsARecord: 'boolean',
      EnableResourceNameDnsAAAARecord: 'boolean',
    },
  },
  MaintenanceOptions: { members: { AutoRecovery: 'text' } },
  DisableApiStop: 'boolean',
};

/** A form as a tree: `A.1.B` is the entry `B` of the entry `1` of the entry `A`. */
interface Tree {
  value?: string;
  readonly entries: Map<string, Tree>;
}

const newTree = (): Tree => ({ entries: new Map() });

/**
 * Reads the content of a template from the parameters of a request that begin with a prefix.
 * @throws ServiceError UnknownParameter, InvalidParameterValue
 */
export function readTemplateData(form: URLSearchParams, prefix: string): TemplateData {
  const root = newTree();
  for (const [key, value] of form) {
    if (!key.startsWith(`${prefix}.`)) continue;
    let tree = root;
    for (const step of key.slice(prefix.length + 1).split('.')) {
      const next = tree.entries.get(step) ?? newTree();
      tree.entries.set(step, next);
      tree = next;
    }
    tree.value = value;
  }
  return readMembers(root, MEMBERS, prefix);
}

function readMembers({ entries }: Tree, members: Members, path: string): TemplateData {
  const byRequest = new Map(
    Object.entries(members).map(([name, type]) => [requestName(name, type), [name, type] as const]),
  );
  const read = [...entries].map(([key, tree]): [string, unknown] => {
    const member = byRequest.get(key);
    if (member === undefined) {
      throw new ServiceError('UnknownParameter', `The parameter ${path}.${key} is not recognized`);
    }
    return [member[0], readValue(tree, member[1], `${path}.${key}`)];
  });
  return Object.fromEntries(read);
}

const isList = (type: Type): type is List => typeof type === 'object' && 'list' in type;
const requestName = (name: string, type: Type) => (isList(type) ? type.request : name);

function readValue(tree: Tree, type: Type, path: string): unknown {
  if (isList(type)) {
    const items = [...tree.entries].sort(([a], [b]) => Number(a) - Number(b));
    return items.map(([index, item]) => readValue(item, type.list, `${path}.${index}`));
  }
  if (typeof type === 'object') return readMembers(tree, type.members, path);
  const { value = '' } = tree;
  const invalid = () =>
    new ServiceError('InvalidParameterValue', `Value (${value}) for parameter ${path} is invalid.`);
  if (type === 'number') {
    if (!/^-?\d+$/.test(value)) throw invalid();
    return Number(value);
  }
  if (type === 'text') return value;
  if (value !== 'true' && value !== 'false') throw invalid();
  return value === 'true';
}

/** Formats the content of a template as the XML of ResponseLaunchTemplateData. */
export function templateXml(data: TemplateData): string {
  return membersXml(data, MEMBERS);
}

function membersXml(data: TemplateData, members: Members): string {
  return Object.entries(members)
    .map(([name, type]) =>
      data[name] === undefined ? '' : valueXml(responseName(name, type), type, data[name]),
    )
    .join('');
}

const responseName = (name: string, type: Type) =>
  isList(type) ? type.response : name.charAt(0).toLowerCase() + name.slice(1);

function valueXml(element: string, type: Type, value: unknown): string {
  if (isList(type)) {
    const items = (value as readonly unknown[]).map((item) => valueXml(type.item ?? 'item', type.list, item));
    return `<${element}>${items.join('')}</${element}>`;
  }
  return typeof type === 'object'
    ? `<${element}>${membersXml(value as TemplateData, type.members)}</${element}>`
    : xml(element, value);
}

/** Formats an element with a text, or with elements in the order given; members that are undefined are left out. */
export function xml(element: string, content: unknown): string {
  if (content === undefined) return '';
  const inner = Array.isArray(content)
    ? content.map((each) => xml('item', each)).join('')
    : typeof content === 'object' && content !== null
      ? elements(content)
      : escapeXml(`${content as string | number | boolean}`);
  return `<${element}>${inner}</${element}>`;
}

/** Formats the members of an object as elements. */
export function elements(members: object): string {
  return Object.entries(members)
    .map(([name, value]) => xml(name, value))
    .join('');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
