import {
  CreateConnectorCommand,
  DeleteConnectorCommand,
  DeleteVcenterClientCommand,
  DescribeVcenterClientsCommand,
  ListConnectorsCommand,
  ListManagedAccountsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UpdateConnectorCommand,
  UpdateSourceServerCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { beginMgn, LINUX, refusal, serverById, servers, talkToMgn } from './mgn.ts';
import type { MgnTest } from './mgn.ts';
import { restart } from './support.ts';

const ssmInstanceID = 'mi-0123456789abcdef0';
const UNKNOWN = `connector-${'0'.repeat(17)}`;

const create = async ({ client }: MgnTest, name = 'dc-1') =>
  client.send(new CreateConnectorCommand({ name, ssmInstanceID, tags: { owner: 'scrum' } }));

const names = async ({ client }: MgnTest, connectorIDs: string[] = []) =>
  (await client.send(new ListConnectorsCommand({ filters: { connectorIDs } }))).items?.map(
    ({ name }) => name,
  );

describe('connectors of MGN', () => {
  it('S28.1 are created, listed, changed and deleted', async () => {
    const test = await beginMgn();
    const { $metadata, ...made } = await create(test);
    expect($metadata.httpStatusCode).toBe(201);
    const { connectorID = '' } = made;
    expect(connectorID).toMatch(/^connector-[0-9a-f]{17}$/);
    expect(made).toEqual({
      connectorID,
      name: 'dc-1',
      ssmInstanceID,
      arn: `arn:aws:mgn:us-west-2:000000000000:connector/${connectorID}`,
      tags: { owner: 'scrum' },
    });
    await create(test, 'dc-2');
    const ssmCommandConfig = { s3OutputEnabled: false, cloudWatchOutputEnabled: true };
    const changed = await test.client.send(
      new UpdateConnectorCommand({ connectorID, name: 'dc-3', ssmCommandConfig }),
    );
    expect(changed).toMatchObject({ name: 'dc-3', ssmInstanceID, ssmCommandConfig });
    expect(await names(test)).toEqual(['dc-3', 'dc-2']);
    expect(await names(test, [connectorID])).toEqual(['dc-3']);
    const deleted = await test.client.send(new DeleteConnectorCommand({ connectorID }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    expect(await names(test)).toEqual(['dc-2']);
    expect(await refusal(test.client.send(new DeleteConnectorCommand({ connectorID })))).toBe(
      'ResourceNotFoundException',
    );
    expect(await refusal(test.client.send(new UpdateConnectorCommand({ connectorID: UNKNOWN })))).toBe(
      'ResourceNotFoundException',
    );
  });

  it('S28.1 S24.5 survive a restart, with their tags', async () => {
    const test = await beginMgn();
    const { arn = '', connectorID = '' } = await create(test);
    await test.client.send(new TagResourceCommand({ resourceArn: arn, tags: { site: 'a' } }));
    await test.endpoint.load('VM,VM ID,VI SDK UUID\nvm,vm-1,AAAA\n');
    const again = talkToMgn(await restart(test));
    expect(await names(again, [connectorID])).toEqual(['dc-1']);
    const { tags } = await again.client.send(new ListTagsForResourceCommand({ resourceArn: arn }));
    expect(tags).toEqual({ owner: 'scrum', site: 'a' });
  });

  it('S28.2 are named by the servers that they reach', async () => {
    const test = await beginMgn();
    const { arn: connectorArn = '' } = await create(test);
    const sourceServerID = await test.id(LINUX);
    const connectorAction = {
      connectorArn,
      credentialsSecretArn: 'arn:aws:secretsmanager:us-west-2:000000000000:secret:erp',
    };
    const changed = await test.client.send(
      new UpdateSourceServerCommand({ sourceServerID, connectorAction }),
    );
    expect(changed.connectorAction).toEqual(connectorAction);
    await test.client.send(new UpdateSourceServerCommand({ sourceServerID }));
    expect((await serverById(test.client, sourceServerID)).connectorAction).toEqual(connectorAction);
    const wrong = { connectorArn: connectorArn.replace(/connector-.*/, UNKNOWN) };
    expect(
      await refusal(
        test.client.send(new UpdateSourceServerCommand({ sourceServerID, connectorAction: wrong })),
      ),
    ).toBe('ResourceNotFoundException');
  });

  it('S28.3 a vCenter client that is deleted is not listed any more, and its servers stay', async () => {
    const test = await beginMgn();
    const before = (await servers(test.client)).length;
    const { items: [first] = [] } = await test.client.send(new DescribeVcenterClientsCommand({}));
    const { vcenterClientID = '', arn = '' } = first ?? {};
    const gone = await test.client.send(new DeleteVcenterClientCommand({ vcenterClientID }));
    expect(gone.$metadata.httpStatusCode).toBe(204);
    await test.endpoint.load('VM,VM ID,VI SDK UUID\nvm,vm-1,AAAA\n');
    const again = talkToMgn(await restart(test));
    const { items = [] } = await again.client.send(new DescribeVcenterClientsCommand({}));
    expect(items.map((client) => client.vcenterClientID)).not.toContain(vcenterClientID);
    expect(before).toBeGreaterThan(200);
    for (const refused of [
      again.client.send(new DeleteVcenterClientCommand({ vcenterClientID })),
      again.client.send(new TagResourceCommand({ resourceArn: arn, tags: { a: 'b' } })),
    ])
      expect(await refusal(refused)).toBe('ResourceNotFoundException');
  });

  it('S28.4 an account manages no other accounts', async () => {
    const { client } = await beginMgn();
    expect((await client.send(new ListManagedAccountsCommand({}))).items).toEqual([]);
  });
});
