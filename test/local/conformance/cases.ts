import type { Limits, Member, Members, Model, Operation, Shape, Type } from './model.ts';

export interface Case {
  /** What is special about the input. */
  readonly what: string;
  readonly input: object;
  /** The member that has to be refused; absent: the input is valid. */
  readonly wrong?: string;
}

/** Returns a value of a member by its name and the name of its operation; undefined: any value of its type. */
export type Samples = (member: string, operation: string) => unknown;

const DEPTH = 4;

/** Generates valid and invalid inputs of an operation from its model. */
export function casesOf(model: Model, operation: Operation, samples: Samples): Case[] {
  const sample = (name: string, type: Type, depth: number): unknown => {
    const given = samples(name, operation.name);
    return given === undefined
      ? valueOf(model, type, (member, of) => sample(member, of, depth + 1), depth)
      : given;
  };
  const make = (members: Members, wanted: (member: Member) => boolean) =>
    Object.fromEntries(
      [...members].flatMap(([name, member]) =>
        wanted(member) ? [[name, sample(name, member.type, 1)]] : [],
      ),
    );
  const least = make(operation.input, ({ required }) => required);
  const most = make(operation.input, () => true);
  const cases: Case[] = [
    { what: 'the required members', input: least },
    { what: 'all members', input: most },
    { what: 'an unknown member', input: { ...least, noSuchMember: 1 } },
  ];
  for (const [name, member] of operation.input) {
    if (member.required) {
      cases.push({ what: `no ${name}`, input: without(least, name), wrong: name });
      cases.push({ what: `${name} is null`, input: { ...least, [name]: null }, wrong: name });
    } else {
      cases.push({ what: `only ${name}`, input: { ...least, [name]: most[name] } });
      cases.push({ what: `${name} is null`, input: { ...least, [name]: null } });
    }
    for (const [where, wrong] of wrongValues(model, member.type, most[name], name)) {
      cases.push({ what: where, input: { ...least, [name]: wrong }, wrong: name });
    }
  }
  return cases;
}

function valueOf(
  model: Model,
  type: Type,
  sample: (name: string, type: Type) => unknown,
  depth: number,
): unknown {
  switch (type.kind) {
    case 'string':
      return 'sample';
    case 'number':
    case 'time':
      return 1;
    case 'boolean':
      return true;
    case 'any':
      return {};
    case 'enum':
      return type.values[0];
    case 'list':
      return depth >= DEPTH ? [] : [valueOf(model, type.of, sample, depth + 1)];
    case 'map':
      return depth >= DEPTH ? {} : { key: valueOf(model, type.of, sample, depth + 1) };
    case 'structure':
      return Object.fromEntries(
        [...model.membersOf(type.name)].map(([name, member]) => [name, sample(name, member.type)]),
      );
  }
}

/** Yields a value with one mistake each, at every depth, and where the mistake is. */
function* wrongValues(model: Model, type: Type, value: unknown, path: string): Generator<[string, unknown]> {
  for (const other of ['x', 7, true, ['x'], { x: 'x' }]) {
    const kind = Array.isArray(other) ? 'list' : typeof other;
    if (type.kind === 'any' || fits(type, kind)) continue;
    yield [`${path} is a ${kind}`, other];
  }
  if (type.kind === 'enum') yield [`${path} is no value`, 'NO_SUCH_VALUE'];
  if (type.kind === 'number') yield [`${path} is a fraction`, 1.5];
  if (type.kind === 'list') {
    const [first] = value as unknown[];
    if (first === undefined) return;
    for (const [where, wrong] of wrongValues(model, type.of, first, `${path}[0]`)) yield [where, [wrong]];
  } else if (type.kind === 'map') {
    for (const [key, item] of Object.entries(value as object))
      for (const [where, wrong] of wrongValues(model, type.of, item, `${path}.${key}`))
        yield [where, { [key]: wrong }];
  } else if (type.kind === 'structure') {
    for (const [name, member] of model.membersOf(type.name)) {
      const whole = value as Record<string, unknown>;
      if (member.required) yield [`${path} has no ${name}`, without(whole, name)];
      for (const [where, wrong] of wrongValues(model, member.type, whole[name], `${path}.${name}`))
        yield [where, { ...whole, [name]: wrong }];
    }
  }
}

const without = (object: object, name: string): object =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));

function fits(type: Type, kind: string): boolean {
  const written = { enum: 'string', time: 'number', map: 'object', structure: 'object' } as Record<
    string,
    string
  >;
  return (written[type.kind] ?? type.kind) === kind;
}

/** Generates inputs at and beyond the limits of the model, at every depth. */
export function boundaryCasesOf(operation: Operation, limits: Limits, least: object, most: object): Case[] {
  const input = limits.operations[operation.name]?.input;
  if (input === undefined) return [];
  const cases: Case[] = [];
  for (const [name, { shape }] of Object.entries(limits.shapes[input.shape]?.members ?? {})) {
    const value = (most as Record<string, unknown>)[name];
    if (value === undefined) continue;
    for (const [what, changed, valid] of boundaries(limits, shape, value, name)) {
      cases.push({ what, input: { ...least, [name]: changed }, ...(valid ? {} : { wrong: name }) });
    }
  }
  return cases;
}

function* boundaries(
  limits: Limits,
  shapeName: string,
  value: unknown,
  path: string,
): Generator<[what: string, value: unknown, valid: boolean]> {
  const shape: Shape = limits.shapes[shapeName] ?? { type: 'unknown' };
  const { type, min, max, pattern } = shape;
  if (type === 'integer' || type === 'long') {
    if (min !== undefined) yield [`${path} below its minimum`, min - 1, false];
    if (min !== undefined) yield [`${path} at its minimum`, min, true];
    if (max !== undefined) yield [`${path} above its maximum`, max + 1, false];
    if (max !== undefined) yield [`${path} at its maximum`, max, true];
  }
  if (type === 'string' && typeof value === 'string') {
    if (max !== undefined) yield [`${path} too long`, value.padEnd(max + 1, value.slice(-1) || 'x'), false];
    if (min !== undefined && min > 0) yield [`${path} too short`, value.slice(0, min - 1), false];
    if (pattern !== undefined && !pattern.startsWith('.*'))
      yield [`${path} of another form`, '\u0000 !', false];
  }
  if (type === 'list' && Array.isArray(value) && shape.member !== undefined) {
    if (max !== undefined)
      yield [`${path} with too many`, Array.from({ length: max + 1 }, () => value[0] as unknown), false];
    if (min !== undefined && min > 0) yield [`${path} empty`, [], false];
    for (const [what, item, valid] of boundaries(limits, shape.member.shape, value[0], `${path}[0]`))
      yield [what, [item], valid];
  }
  if (type === 'map' && typeof value === 'object' && value !== null && shape.value !== undefined) {
    const [entry] = Object.entries(value as Record<string, unknown>);
    if (entry === undefined) return;
    const [key, item] = entry;
    if (max !== undefined)
      yield [
        `${path} with too many`,
        Object.fromEntries(Array.from({ length: max + 1 }, (_, i) => [`k${i}`, item])),
        false,
      ];
    for (const [what, changed, valid] of boundaries(limits, shape.value.shape, item, `${path}.${key}`))
      yield [what, { [key]: changed }, valid];
  }
  if (type === 'structure' && typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(shape.members ?? {})) {
      const item = (value as Record<string, unknown>)[name];
      if (item === undefined) continue;
      for (const [what, changed, valid] of boundaries(limits, member.shape, item, `${path}.${name}`))
        yield [what, { ...value, [name]: changed }, valid];
    }
  }
}
