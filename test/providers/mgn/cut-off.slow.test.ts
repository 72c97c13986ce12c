import { describe, expect, it } from '@jest/globals';
import type { CreateRequest } from '../../../src/core/provider.ts';
import { LINUX, WINDOWS } from '../../local/mgn.ts';
import { type Account, beginAccount, EVERYTHING, leftBehind, SCOPE } from './account.ts';

describe('a create that is cut off', () => {
  const prepare = async () => {
    const account = await beginAccount();
    const requests = [await account.request(LINUX, EVERYTHING), await account.request(WINDOWS)];
    return { account, requests, ids: requests.map(({ serverId }) => serverId) };
  };
  const createAll = async (account: Account, requests: readonly CreateRequest[]) => {
    const provider = account.open({ apiRequests: 1 });
    await provider.observe(SCOPE);
    return Promise.allSettled(requests.map((request) => provider.create(request)));
  };

  it('comes to the same end when it is made again, whatever call was the last', async () => {
    const whole = await prepare();
    await createAll(whole.account, whole.requests);
    const expected = await leftBehind(whole.account, whole.ids);
    const calls = whole.account.door.calls.length;
    expect(calls).toBeGreaterThan(15);
    for (let k = 6; k < calls; k += 1) {
      const { account, requests, ids } = await prepare();
      account.door.closeAfter(k);
      await createAll(account, requests);
      account.door.closeAfter(Infinity);
      const outcomes = await createAll(account, requests);
      expect([k, outcomes.map(({ status }) => status)]).toEqual([k, ['fulfilled', 'fulfilled']]);
      expect(await leftBehind(account, ids)).toEqual(expected);
    }
  }, 120_000);

  it('comes to the same end by itself, whatever answer is lost', async () => {
    const whole = await prepare();
    await createAll(whole.account, whole.requests);
    const expected = await leftBehind(whole.account, whole.ids);
    const calls = whole.account.door.calls.length;
    for (let k = 0; k < calls; k += 1) {
      const { account, requests, ids } = await prepare();
      account.door.loseAnswerOf(k);
      const outcomes = await createAll(account, requests);
      expect([k, outcomes]).toEqual([k, ids.map((value) => ({ status: 'fulfilled', value }))]);
      expect(await leftBehind(account, ids)).toEqual(expected);
    }
  }, 120_000);
});
