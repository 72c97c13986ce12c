import {
  type Application,
  paginateListApplications,
  paginateListWaves,
  type Wave,
} from '@aws-sdk/client-mgn';
import type { Settings } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { Owner } from '../../core/observed.ts';
import { isServiceError } from '../aws/errors.ts';
import { listItems } from '../aws/paging.ts';
import { changeAndLookUp, isConflict, retryAfterLookup } from '../aws/retries.ts';
import type { MgnContext } from './api.ts';
import { pickGroup } from './group-rules.ts';
import { ownerTags, projectOf, readOwner } from './marker.ts';
import { MANAGE_WAVE, WAVE_NAME } from './settings.ts';

/** An application or wave of the account. */
export interface GroupRef {
  readonly id: string;
  readonly name: string;
}

/** The application that a server should be in, and the wave that the application should be in. */
export interface WantedGroups {
  readonly app: string;
  /** Absent: the application stays in its wave, or in none. */
  readonly wave?: string;
}

/**
 * Returns the groups that the settings of a VM ask for: by default, an application and a wave with the name of its
 * owner's wave.
 * @returns undefined: the server stays in its application, or in none
 */
export function wantedGroups(settings: Settings, owner: Owner): WantedGroups | undefined {
  const isManaged = settings[MANAGE_WAVE] !== false;
  const app = settings['app'] ?? (isManaged ? owner.wave : undefined);
  if (app === undefined) return undefined;
  return { app: String(app), ...(isManaged && { wave: String(settings[WAVE_NAME] ?? owner.wave) }) };
}

/**
 * The applications and waves of the account. A missing one is created once, even if many servers need it at the same
 * time. One without an owner is used as it is, and gets no owner.
 */
export class Groups {
  readonly #context: MgnContext;
  readonly #applications: CachedList<Application>;
  readonly #waves: CachedList<Wave>;
  readonly #ready = new Map<string, Promise<GroupRef>>();

  constructor(context: MgnContext) {
    this.#context = context;
    const { api } = context;
    this.#applications = new CachedList(() =>
      listItems((size) => paginateListApplications({ client: api, ...size }, {})),
    );
    this.#waves = new CachedList(() => listItems((size) => paginateListWaves({ client: api, ...size }, {})));
  }

  /** Sets the applications and waves that an observation has found. */
  setObserved(applications: readonly Application[], waves: readonly Wave[]): void {
    this.#applications.set(applications);
    this.#waves.set(waves);
    this.#ready.clear();
  }

  /** Returns an application as last read; undefined if none has that id. */
  async application(id: string): Promise<Application | undefined> {
    const known = (await this.#applications.get()).find(({ applicationID }) => applicationID === id);
    return known ?? (await this.#applications.refresh()).find(({ applicationID }) => applicationID === id);
  }

  /**
   * Makes sure that the wanted application exists, and that it is in the wanted wave. Returns the application.
   * @param current the id of the application that the server is in: it is kept if it has the name
   * @throws LandfallError SERVICE_ERROR if either is archived or belongs to another project; then nothing was created
   */
  async ensure({ app, wave }: WantedGroups, owner: Owner, current?: string): Promise<GroupRef> {
    const own = current === undefined ? undefined : await this.application(current);
    const kept = own?.name === app && own.isArchived !== true ? own : undefined;
    return this.#once(JSON.stringify(['application', kept?.applicationID ?? app, wave]), async () => {
      const found = kept ?? pickGroup('application', app, owner.project, await this.#applications.get());
      const group = wave === undefined ? undefined : await this.#waveFor(found, wave, owner);
      const application = found ?? (await this.#createApplication(app, owner));
      const { applicationID: id } = application;
      if (id === undefined) throw missingIdError('application', app);
      if (group !== undefined) await this.#moveToWave(application, group, owner);
      return { id, name: app };
    });
  }

  /** Returns the wave that an application should be in. Creates it only if the application may enter it. */
  async #waveFor(application: Application | undefined, name: string, owner: Owner): Promise<GroupRef> {
    const current = application?.waveID;
    if (current === undefined) return this.#wave(name, owner);
    const there = (await this.#waves.get()).find(({ waveID }) => waveID === current);
    // Two waves may have the same name.
    if (there?.name === name && there.isArchived !== true) return { id: current, name };
    if (application !== undefined && projectOf(application) !== owner.project)
      throw applicationInOtherWaveError(application, name);
    return this.#wave(name, owner);
  }

  #wave(name: string, owner: Owner): Promise<GroupRef> {
    const { api, clock } = this.#context;
    return this.#once(JSON.stringify(['wave', name]), async () => {
      const pick = (waves: readonly Wave[]): Wave | undefined =>
        pickGroup('wave', name, owner.project, waves);
      const { waveID } =
        pick(await this.#waves.get()) ??
        (await retryAfterLookup<Wave>({
          async call() {
            const wave = await api.createWave({ name, tags: ownerTags(owner) });
            return wave.waveID === undefined ? undefined : wave;
          },
          lookUp: async () => pick(await this.#waves.refresh()),
          isRefusal: isConflict,
          clock,
        }));
      if (waveID === undefined) throw missingIdError('wave', name);
      return { id: waveID, name };
    });
  }

  #createApplication(name: string, owner: Owner): Promise<Application> {
    const { api, clock } = this.#context;
    return retryAfterLookup<Application>({
      async call() {
        const application = await api.createApplication({ name, tags: ownerTags(owner) });
        return application.applicationID === undefined ? undefined : application;
      },
      lookUp: async () => pickGroup('application', name, owner.project, await this.#applications.refresh()),
      isRefusal: isConflict,
      clock,
    });
  }

  /**
   * Moves an application to a wave. An application has one wave (domain, MGN: rules). Only an application of the project
   * leaves another wave for it.
   * @throws LandfallError SERVICE_ERROR if an application without an owner is in another wave
   */
  async #moveToWave(application: Application, wave: GroupRef, owner: Owner): Promise<void> {
    const { api } = this.#context;
    const { applicationID = '', waveID, tags, arn } = application;
    const ours = projectOf(application) === owner.project;
    if (waveID !== undefined && waveID !== wave.id) {
      if (!ours) throw applicationInOtherWaveError(application, wave.name);
      await api.disassociateApplications({ waveID, applicationIDs: [applicationID] });
    }
    if (waveID !== wave.id) await this.#associate(applicationID, wave);
    if (ours && readOwner(tags)?.wave !== owner.wave && arn !== undefined) {
      await api.tagResource({ resourceArn: arn, tags: ownerTags(owner) });
    }
  }

  async #associate(applicationID: string, wave: GroupRef): Promise<void> {
    const { api } = this.#context;
    const isDone = async (): Promise<boolean> => {
      const now = (await this.#applications.refresh()).find((one) => one.applicationID === applicationID);
      return now?.waveID === wave.id;
    };
    try {
      await changeAndLookUp({
        what: `the association of application ${applicationID} with wave ${wave.id}`,
        call: () => api.associateApplications({ waveID: wave.id, applicationIDs: [applicationID] }),
        isDone,
      });
    } catch (error) {
      // Another run of the project, or an attempt whose reply was lost, may have done this.
      if (!isServiceError(error, 'ConflictException') || !(await isDone())) throw error;
    }
  }

  /** Shares a call that is in progress or has succeeded. After a failure the next caller tries again. */
  #once(key: string, ensure: () => Promise<GroupRef>): Promise<GroupRef> {
    const known = this.#ready.get(key);
    if (known !== undefined) return known;
    const group = ensure();
    this.#ready.set(key, group);
    group.catch(() => {
      this.#ready.delete(key);
    });
    return group;
  }
}

function applicationInOtherWaveError({ name, waveID }: Application, wanted: string): LandfallError {
  return new LandfallError(
    'SERVICE_ERROR',
    `application ${name ?? ''} is in wave ${waveID ?? ''}, not in ${wanted}`,
    {
      source: 'service',
      remedy:
        'an application has one wave, and landfall did not create this application: name another `app`, or move it in the console',
    },
  );
}

function missingIdError(kind: string, name: string): LandfallError {
  return new LandfallError('SERVICE_ERROR', `the service returned no id for ${kind} ${name}`, {
    source: 'service',
    remedy: 'run again: landfall then finds it by its name',
  });
}

/** A list that is read once, and again on request. */
class CachedList<T> {
  readonly #read: () => Promise<readonly T[]>;
  #list: Promise<readonly T[]> | undefined;

  constructor(read: () => Promise<readonly T[]>) {
    this.#read = read;
  }

  /** Returns the list as last read. */
  get(): Promise<readonly T[]> {
    return this.#list ?? this.refresh();
  }

  /** Reads the list again. After an error the next caller reads it again. */
  refresh(): Promise<readonly T[]> {
    const list = this.#read();
    this.#list = list;
    list.catch(() => {
      if (this.#list === list) this.#list = undefined;
    });
    return list;
  }

  /** Sets the list, as another caller has read it. */
  set(list: readonly T[]): void {
    this.#list = Promise.resolve(list);
  }
}
