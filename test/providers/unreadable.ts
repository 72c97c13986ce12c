/** What a proxy, or a service that broke off, may send with the status 200 in place of the API's response. */
export const UNREADABLE: readonly { readonly name: string; readonly type: string; readonly body: string }[] =
  [
    { name: 'a page', type: 'text/html', body: '<!DOCTYPE html><html><title>Sign in</title></html>' },
    { name: 'half a JSON object', type: 'application/json', body: '{"job": {"jobID": "mgnjob-1' },
    { name: 'an empty body', type: 'application/json', body: '' },
    { name: 'a JSON text', type: 'application/json', body: '"ok"' },
    { name: 'a list', type: 'text/plain', body: '[]' },
  ];
