/**
 * The licence that Auto means for a system as vCenter names it (domain, licence types: the same on both services):
 * "Microsoft Windows Server 2016 (64-bit)". Undefined for a system that this does not know.
 */
export function autoLicence(os: string | undefined): 'AWS' | 'BYOL' | undefined {
  if (os === undefined) return undefined;
  if (/windows/i.test(os)) return isServer(os) ? 'AWS' : isClient(os) ? 'BYOL' : undefined;
  return LINUX.test(os) ? 'BYOL' : undefined;
}

const isServer = (os: string): boolean => /\bserver\b|\b20(?:03|08|12|16|19|22|25)\b/i.test(os);

const isClient = (os: string): boolean => /windows (?:xp|vista|7|8|8\.1|10|11)\b/i.test(os);

const LINUX = /linux|red ?hat|rhel|centos|suse|sles|ubuntu|debian|fedora|oracle|rocky|alma/i;
