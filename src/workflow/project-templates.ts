/** A file that a project begins with. */
export interface TemplateFile {
  /** From the project's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export const PROJECT_FILE = 'landfall.yaml';
const WAVE_FILE = 'waves/wave-01.yaml';

/** The services that a project can begin with. */
export const PROVIDERS = ['sms', 'mgn'] as const;
export type InitProvider = (typeof PROVIDERS)[number];

/** The files of a new project of that name. */
export function projectFiles(name: string, provider: InitProvider): readonly TemplateFile[] {
  return provider === 'mgn' ? [mgnProjectFile(name), FIRST_MGN_WAVE] : [projectFile(name), FIRST_WAVE];
}

/** The project file: plans against the built-in endpoint at once, and shows how a real target is written. */
function projectFile(name: string): TemplateFile {
  return {
    path: PROJECT_FILE,
    text: `# yaml-language-server: $schema=./schemas/project.schema.json
apiVersion: landfall/v1
kind: Project
metadata:
  name: ${name} # marks the jobs of this project: choose it once, and keep it
waves: [waves/**/*.yaml]
defaultTarget: local
targets:
  # The built-in endpoint: AWS SMS on this machine, with a data centre of its own. It needs no credentials.
  local:
    provider: sms
    region: us-west-2
    endpoint: local

  # A real target: on MGN, since AWS has switched SMS off. \`landfall convert --to mgn\` rewrites waves for it.
  # Credentials come from the environment or a profile, as in every AWS tool.
  # production:
  #   provider: mgn
  #   region: us-west-2
  #   account: '123456789012' # a run that would end up in another account is refused
  #   assumeRole: arn:aws:iam::123456789012:role/landfall
  #   limits: { activeReplications: 150 } # of the whole account, servers of others included
  #   guards: { maxDeletes: 30%, maxUpdates: 30% } # of the managed servers, in one run
`,
  };
}

/** The same for AWS MGN, whose accounts need setting up first. */
function mgnProjectFile(name: string): TemplateFile {
  return {
    path: PROJECT_FILE,
    text: `# yaml-language-server: $schema=./schemas/project.schema.json
apiVersion: landfall/v1
kind: Project
metadata:
  name: ${name} # marks what this project owns: choose it once, and keep it
waves: [waves/**/*.yaml]
defaultTarget: local
targets:
  # The built-in endpoint: AWS MGN on this machine, with a data centre of its own. It needs no credentials.
  local:
    provider: mgn
    region: us-west-2
    endpoint: local
    mgn: # what \`landfall mgn init\` gives the account
      replication:
        stagingAreaSubnetId: subnet-0123456789abcdef0 # where replicated data lands; here, any will do

  # A real target. Credentials come from the environment or a profile, as in every AWS tool.
  # production:
  #   provider: mgn
  #   region: us-west-2
  #   account: '123456789012' # a run that would end up in another account is refused
  #   assumeRole: arn:aws:iam::123456789012:role/landfall
  #   limits: { activeReplications: 150 } # of the whole account, servers of others included
  #   guards: { maxDeletes: 30%, maxUpdates: 30% } # of the managed servers, in one run
  #   mgn:
  #     replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 }
`,
  };
}

/** A first wave for AWS MGN. */
const FIRST_MGN_WAVE: TemplateFile = {
  path: WAVE_FILE,
  text: `# yaml-language-server: $schema=../schemas/wave.schema.json
# These VMs are in the inventory of the built-in endpoint. \`landfall catalog list\` shows all of them.
apiVersion: landfall/v1
kind: Wave
metadata:
  name: wave-01
spec:
  # target: production # left out: the project's defaultTarget
  phase: replicate # then test, cutover, finalize and archive: each step is a change that you review
  defaults: # settings of every VM; a VM may override each of them
    licenseType: Auto # Auto, AWS or BYOL
    mgn:
      launch: { targetInstanceTypeRightSizingMethod: BASIC }
  vms:
    - name: awsscrum-lnx1
      path: /Datacenters/SDSC/vm/awsscrum-lnx1 # needed only where the name is ambiguous
      os: rhel-7.3 # lets landfall check licence and support before AWS does
    - name: awsscrum-win1
      os: windows-server-2016
      app: intranet # its application; left out: one of the wave's name
`,
};

/** A first wave, of VMs that the built-in endpoint has. */
const FIRST_WAVE: TemplateFile = {
  path: WAVE_FILE,
  text: `# yaml-language-server: $schema=../schemas/wave.schema.json
# These VMs are in the inventory of the built-in endpoint. \`landfall catalog list\` shows all of them.
apiVersion: landfall/v1
kind: Wave
metadata:
  name: wave-01
spec:
  # target: production # left out: the project's defaultTarget
  defaults: # job settings of every VM; a VM may override each of them
    frequency: 12 # hours, 1 to 24; or runOnce: true
    licenseType: Auto # Auto, AWS or BYOL
  vms:
    - name: awsscrum-lnx1
      path: /Datacenters/SDSC/vm/awsscrum-lnx1 # needed only where the name is ambiguous
      os: rhel-7.3 # lets landfall check licence and support before AWS does
    - name: awsscrum-win1
      os: windows-server-2016
      frequency: 24
`,
};

/** What an editor and git need to know. */
export const EDITOR_FILES: readonly TemplateFile[] = [
  {
    path: '.vscode/settings.json',
    text: `{
  "yaml.schemas": {
    "./schemas/project.schema.json": ["landfall.yaml"],
    "./schemas/wave.schema.json": ["waves/**/*.yaml"]
  }
}
`,
  },
  { path: '.vscode/extensions.json', text: '{\n  "recommendations": ["redhat.vscode-yaml"]\n}\n' },
  {
    path: '.gitignore',
    text: `# Jobs and clock of the built-in endpoint
.landfall/
# Saved plans: they say what a data centre holds
*.plan
`,
  },
];
