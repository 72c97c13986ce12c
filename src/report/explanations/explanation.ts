/** What landfall knows to say of one concern or error beyond its message, for a reader who meets it for the first time. */
export interface Explanation {
  /** What it means: what landfall found. */
  readonly means: string;
  /** Why that matters: what would come of it. */
  readonly why: string;
  /** What to do, one step an item, the likeliest first. */
  readonly fix: readonly string[];
  /** The document or the rule that says so. */
  readonly source: string;
  readonly example: Example;
}

/** What it looks like where it is wrong, and where it is right; commands have a right side only. */
interface Example {
  readonly language: 'yaml' | 'sh';
  readonly wrong?: string;
  readonly right: string;
}

/** Documents that several explanations rest on. */
export const YAML_SPEC = 'YAML 1.2.2, https://yaml.org/spec/1.2.2/';
export const WAVE_REFERENCE = 'the schema of wave files: schemas/wave.schema.json';
export const FIELD_REFERENCE =
  'the schemas of project and wave files: schemas/project.schema.json, schemas/wave.schema.json';
export const PROJECT_REFERENCE = 'the schema of the project file: schemas/project.schema.json';
export const COMMAND_REFERENCE = 'landfall help';
export const SMS_LICENSING = 'AWS SMS User Guide, “Licensing Information”';
export const SMS_CREATE_JOB = 'AWS SMS API Reference, CreateReplicationJob';
export const SMS_UPDATE_JOB = 'AWS SMS API Reference, UpdateReplicationJob';
export const SMS_REQUIREMENTS = 'AWS SMS User Guide, “Server Migration Service (SMS) Requirements”';
export const UNTRUSTED =
  'a rule of landfall: files of a pull request may be anybody’s (docs/security.md, “What is trusted”)';
export const LOCAL_SPEC = 'how the built-in endpoint behaves: src/local/SPEC.md';
export const MGN_GUIDE = 'AWS Application Migration Service User Guide; docs/mgn.md';
