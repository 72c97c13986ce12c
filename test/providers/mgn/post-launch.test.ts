import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readPostLaunch, writePostLaunch } from '../../../src/providers/mgn/launch/post-launch.ts';

const name = fc.stringMatching(/^[A-Za-z0-9]{1,8}$/);
const stored = fc.array(
  fc.record({
    parameterName: fc.stringMatching(/^[A-Za-z0-9_.-]{1,8}$/),
    parameterType: fc.constant('STRING' as const),
  }),
  { minLength: 1, maxLength: 3 },
);
const document = fc.record(
  {
    actionName: fc.stringMatching(/^[A-Za-z][A-Za-z. ]{0,10}[A-Za-z]$/),
    ssmDocumentName: fc.stringMatching(/^[A-Za-z0-9/:_.-]{3,12}$/),
    timeoutSeconds: fc.integer({ min: 1, max: 9999 }),
    mustSucceedForCutover: fc.boolean(),
    parameters: fc.dictionary(name, stored, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
    externalParameters: fc.dictionary(name, fc.constant({ dynamicPath: 'ec2.instanceID' }), {
      ...{ minKeys: 1, maxKeys: 2, noNullPrototype: true },
    }),
  },
  { requiredKeys: ['actionName', 'ssmDocumentName'], noNullPrototype: true },
);
const actions = fc.record(
  {
    deployment: fc.constantFrom('TEST_ONLY' as const, 'CUTOVER_ONLY' as const),
    s3LogBucket: fc.constant('logs'),
    ssmDocuments: fc.uniqueArray(document, {
      ...{ minLength: 1, maxLength: 3, selector: ({ actionName }) => actionName },
    }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

describe('post-launch actions in settings', () => {
  it('are what the API has of them, written and read', () => {
    fc.assert(
      fc.property(actions, (some) => {
        expect(writePostLaunch(readPostLaunch(some))).toEqual(some);
        expect(writePostLaunch({}, some)).toEqual(some);
      }),
    );
  });

  it('change what is named, and keep everything else, also what a manifest cannot say', () => {
    const other = { actionName: 'By hand', ssmDocumentName: 'AWS-RunPatchBaseline', timeoutSeconds: 60 };
    const before = { deployment: 'TEST_ONLY', ssmDocuments: [other] } as const;
    const settings = {
      'mgn.postLaunch.deployment': 'TEST_AND_CUTOVER',
      'mgn.postLaunch.ssmDocuments.Harden v1.2.ssmDocumentName': 'AWS-RunShellScript',
      'mgn.postLaunch.ssmDocuments.Harden v1.2.parameters.commands': 'one, two',
      'mgn.postLaunch.ssmDocuments.By hand.mustSucceedForCutover': true,
    };
    expect(writePostLaunch(settings, { ...before, ssmDocuments: [...before.ssmDocuments] })).toEqual({
      deployment: 'TEST_AND_CUTOVER',
      ssmDocuments: [
        { ...other, mustSucceedForCutover: true },
        {
          actionName: 'Harden v1.2',
          ssmDocumentName: 'AWS-RunShellScript',
          parameters: {
            commands: [
              { parameterName: 'one', parameterType: 'STRING' },
              { parameterName: 'two', parameterType: 'STRING' },
            ],
          },
        },
      ],
    });
  });
});
