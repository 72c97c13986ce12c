import { LandfallError } from '../../src/core/error.ts';
import type { Action, Capacity, Change, Plan } from '../../src/core/plan.ts';
import type { CreateRequest, Provider, UpdateRequest } from '../../src/core/provider.ts';

/** A change of target `t` and wave `w`; say what differs. */
export function change<Name extends Action = 'create'>(
  name: string,
  more: { readonly action?: Name } & Partial<Omit<Extract<Change, { readonly action: Name }>, 'action'>> = {},
): Extract<Change, { readonly action: Name }> {
  const action: Action = more.action ?? 'create';
  const whole = {
    address: `w/${name}`,
    target: 't',
    wave: 'w',
    action,
    ...(action !== 'create' && { id: `job-${name}` }),
    ...(['replace', 'delete', 'defer'].includes(action) && { reason: 'because' }),
    ...(action === 'advance' && { step: 'StartTest', remaining: [] }),
    serverId: `s-${name}`,
    owner: { project: 'p', wave: 'w' },
    settings: { frequency: 12 },
    fields: [],
    effects: [],
    activeBefore: action !== 'create',
    blockedBy: [],
    ...more,
  };
  return whole as unknown as Extract<Change, { readonly action: Name }>;
}

export function planOf(changes: readonly Change[], caps: readonly Partial<Capacity>[] = [{}]): Plan {
  return {
    project: 'p',
    at: 0,
    targets: [{ name: 't', provider: 'sms', region: 'r', jobs: { managed: 0, others: 0 }, columns: {} }],
    changes,
    concerns: [],
    capacity: caps.map((cap) => ({
      target: 't',
      limit: 1_000,
      active: 0,
      freed: 0,
      starting: 0,
      deferred: 0,
      ...cap,
    })),
    summary: { create: 0, update: 0, replace: 0, delete: 0, advance: 0, defer: 0, noOp: 0, blocked: 0 },
    stages: {},
    stopped: 0,
    failing: 0,
    differing: 0,
    ahead: 0,
    checksum: '',
  };
}

/**
 * An account in memory that records what is asked of it, and fails where it is told to. A job counts as active from
 * the moment its creation is asked for, even if that fails: the reply may be all that is lost.
 */
export class FakeAccount implements Provider {
  readonly calls: string[] = [];
  readonly active = new Set<string>();
  /** When each created job starts, by its settings. */
  readonly starts: unknown[] = [];
  inFlight = 0;
  mostInFlight = 0;
  mostActive = 0;
  /** The calls that fail: `create s-web`, `delete job-web`. */
  fails: (call: string) => boolean = () => false;

  takeSteps(): never {
    throw new Error('nothing advances here');
  }

  observe(): never {
    throw new Error('apply does not look');
  }

  async create({ serverId, settings }: CreateRequest): Promise<string> {
    this.starts.push(settings['seedReplicationTime']);
    const id = `job-${serverId.slice(2)}`;
    this.active.add(id);
    this.mostActive = Math.max(this.mostActive, this.active.size);
    await this.#call(`create ${serverId}`);
    return id;
  }

  async update({ id, settings, writeMarker }: UpdateRequest): Promise<void> {
    await this.#call(
      `update ${id} ${JSON.stringify(settings)}${writeMarker === true ? ' and the marker' : ''}`,
    );
  }

  async delete(id: string): Promise<void> {
    await this.#call(`delete ${id}`);
    this.active.delete(id);
  }

  close(): void {
    this.calls.push('close');
  }

  async #call(call: string): Promise<void> {
    this.calls.push(call);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    await new Promise(setImmediate);
    this.inFlight -= 1;
    if (this.fails(call)) throw new LandfallError('SERVICE_ERROR', `no ${call}`, { remedy: 'wait' });
  }
}
