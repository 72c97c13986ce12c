/** Whether an endpoint's URL can lead nowhere but to this machine (design, rule 7). */
export function isLoopback(endpoint: string | undefined): boolean {
  if (endpoint === undefined || !URL.canParse(endpoint)) return false;
  const { protocol, hostname, username } = new URL(endpoint);
  // The URL parser has turned every spelling of an address into the plain one (0x7f.1, 2130706433, …).
  return (
    protocol === 'http:' && username === '' && (/^127(\.\d+){3}$/.test(hostname) || hostname === '[::1]')
  );
}
