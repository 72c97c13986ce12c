import type { SettingValue } from './desired.ts';

/** One thing that is no longer as a saved plan found it. */
export interface Drift {
  /** Absent: it is about the project as a whole. */
  readonly target?: string;
  /** The change whose ground has moved; absent: it is about the target as a whole. */
  readonly address?: string;
  /** The job it is about, where there is one. */
  readonly job?: string;
  /** `project`, `target`, `region`, `account`, …; of a change: `server`, `job`, `state`, `owner`, or a setting's name. */
  readonly what: string;
  /** Absent: there was none. */
  readonly planned?: SettingValue;
  /** Absent: there is none now. */
  readonly now?: SettingValue;
}
