/** A guest operating system, as far as its name in a manifest tells. */
export interface Guest {
  readonly family: 'windows' | 'linux' | 'other';
  /** `rhel`, `windows-server`, …; `linux` for a Linux of which no more is known. */
  readonly distribution: string;
  /** How the distribution is called in sentences. */
  readonly title: string;
  /** Versions it may be: `7.3`, `2012-r2`; several for "CentOS 4/5/6/7"; none where the name says none. */
  readonly versions: readonly string[];
  /** Whether versions above these are meant too ("2016 or later"). */
  readonly orLater: boolean;
  readonly servicePack?: number;
  readonly bits?: 32 | 64;
  readonly edition?: string;
}
