export const isWindows = (os: string) => /windows/i.test(os);

/** Windows of which AWS has no licence to give: those for desks. */
export const isWindowsClient = (os: string) =>
  isWindows(os) && !/server|\b20(03|08|12|16|19|22|25)\b/i.test(os);
