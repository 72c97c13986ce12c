// Loaded into each measured process of Node: tells its peak memory in KiB and its processor time in milliseconds, on file
// descriptor 3, when it ends.
import { writeSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ kilobytes: maxRSS, cpu: (userCPUTime + systemCPUTime) / 1000 }));
});
