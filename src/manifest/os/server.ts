import type { Guest } from './guest.ts';

/** Only servers are called by a year from 2003 on: `windows-2016`. */
const SERVER_YEAR = /^20(?:0[3-9]|[1-9]\d)(?:-r2)?$/;

/**
 * The guest as a Windows Server, where it is called Windows and yet is a server: "Microsoft Windows 2000 Server",
 * `windows-2012-r2`. `words` are those behind the name. Any other guest is returned as it is.
 */
export function tellServer(guest: Guest, words: readonly string[]): Guest {
  const isServer = words.includes('server') || guest.versions.some((version) => SERVER_YEAR.test(version));
  if (guest.distribution !== 'windows' || !isServer) return guest;
  const versions = guest.versions.map((version) => (version === '8' ? BETA_8 : version));
  return { ...guest, distribution: 'windows-server', title: 'Windows Server', versions };
}

/** Before Windows Server 2012 had a name, vCenter called it "Microsoft Windows 8 Server". */
const BETA_8 = '2012';
