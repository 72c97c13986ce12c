const TIME =
  '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})$';

/**
 * Makes the schema of tests of policies of the schema of plans: a test gives plans and changes in part, and a key that
 * plans do not have is a mistake.
 */
export function policyTestSchema(planSchema) {
  const { properties, $defs } = partial(planSchema);
  return {
    $schema: planSchema.$schema,
    $id: 'urn:landfall:schema:v1:policy-test',
    title: 'Policy tests',
    description:
      'Tests of the policies of a project, *.policy-test.yaml, for `landfall policy test`: plans, and what each policy says of them.',
    type: 'object',
    required: ['apiVersion', 'kind', 'cases'],
    additionalProperties: false,
    properties: {
      apiVersion: {
        title: 'Version of this format',
        description: 'Always landfall/v1.',
        type: 'string',
        enum: ['landfall/v1'],
        default: 'landfall/v1',
      },
      kind: {
        title: 'Kind of document',
        description: 'PolicyTest.',
        type: 'string',
        enum: ['PolicyTest'],
        default: 'PolicyTest',
      },
      cases: {
        title: 'Cases',
        description: 'Each is a plan, and what policies say of it.',
        type: 'array',
        minItems: 1,
        items: { $ref: '#/$defs/case' },
      },
    },
    $defs: {
      case: {
        title: 'Case',
        description: 'A plan, and what policies say of it.',
        type: 'object',
        required: ['name', 'expect'],
        additionalProperties: false,
        properties: {
          name: {
            title: 'Name',
            description: 'What the case is about.',
            type: 'string',
            minLength: 1,
            maxLength: 200,
            examples: ['a cut-over on a Friday'],
          },
          change: {
            title: 'Change',
            description:
              'A change of the plan, as policies read it. What is left out is empty. It comes after those of `plan.changes`.',
            $ref: '#/$defs/change',
          },
          plan: {
            title: 'Plan',
            description:
              'The plan, as policies read it. What is left out is empty; `summary` and `has_changes` are counted. With `planFile` or `manifests`: the fields of it that are different.',
            $ref: '#/$defs/plan',
          },
          planFile: {
            title: 'File of a plan',
            description:
              'A plan that was saved with `landfall plan --out` or `--format json`: its path from the folder of this file.',
            type: 'string',
            minLength: 1,
            maxLength: 255,
            examples: ['friday.plan'],
          },
          manifests: {
            title: 'Manifests',
            description:
              'The plan is that of the manifests of the project for an empty account: each VM is created.',
            type: 'boolean',
            default: false,
          },
          expect: {
            title: 'Expected results',
            description: 'What each policy says, by its name.',
            type: 'object',
            minProperties: 1,
            additionalProperties: { $ref: '#/$defs/expectation' },
            examples: [{ 'no-friday-cutover': 'violation' }],
          },
        },
      },
      expectation: {
        title: 'Expected result',
        description: 'A result, or a result with its message.',
        type: ['string', 'object'],
        if: { type: 'string' },
        then: { $ref: '#/$defs/result' },
        required: ['result'],
        additionalProperties: false,
        properties: {
          result: { $ref: '#/$defs/result' },
          message: {
            title: 'Message',
            description: 'The whole message of the policy.',
            type: 'string',
            examples: ['no cut-over on a Friday'],
          },
        },
      },
      result: {
        title: 'Result',
        description: 'What the policy says of the plan.',
        type: 'string',
        enum: ['pass', 'violation', 'error'],
        enumDescriptions: [
          'The expression is true.',
          'The expression is false for the plan, or for one of its changes at least.',
          'The expression cannot be evaluated.',
        ],
      },
      plan: {
        title: 'Plan',
        description: 'A plan in part.',
        type: 'object',
        additionalProperties: false,
        properties,
      },
      ...$defs,
    },
  };
}

/** A schema in which nothing is required, and no object has other keys than those it names. */
function partial(schema) {
  if (Array.isArray(schema)) return schema.map(partial);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { examples, ...rest } = schema;
  const result = Object.fromEntries(
    Object.entries(rest)
      .filter(([key]) => key !== 'required' && key !== 'dependentRequired')
      .map(([key, value]) => [key, key === 'enum' ? value : partial(value)]),
  );
  // The names of properties are no keywords.
  for (const key of ['properties', '$defs'])
    if (rest[key] !== undefined)
      result[key] = Object.fromEntries(
        Object.entries(rest[key]).map(([name, value]) => [name, partial(value)]),
      );
  if (examples !== undefined) result.examples = examples;
  if (rest.format === 'date-time') {
    result.pattern = TIME;
    result.patternErrorMessage = 'write a time with its offset or Z, such as 2026-12-04T20:00:00-08:00';
  }
  if (rest.properties !== undefined) result.additionalProperties = false;
  return result;
}
