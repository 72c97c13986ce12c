import { EXIT, LandfallError } from '../core/error.ts';
import type { Instant } from '../core/instant.ts';
import type { FoundLock } from '../core/lock.ts';
import { holderWords, targetWords } from '../report/lock-text.ts';
import type { LockPlace } from './lock-places.ts';

/** The command that removes a lock for good. */
export function unlockCommand({ names }: LockPlace, id: string): string {
  return `landfall force-unlock ${id} --target ${names[0] ?? ''}`;
}

/** Somebody else holds a lock that a run needs. */
export function heldError(place: LockPlace, found: FoundLock, now: Instant): LandfallError {
  return new LandfallError(
    'LOCK_HELD',
    `${targetWords(place.names)} is locked at ${place.store.place}: ${holderWords(found, now)}`,
    {
      exitCode: EXIT.locked,
      remedy: `wait for it with --lock-timeout 10m; only if that run is gone for good: ${unlockCommand(place, found.id)}`,
    },
  );
}

/** A lock that a run held is not its own any more. */
export function lostError({ names, store }: LockPlace, now: Instant, found?: FoundLock): LandfallError {
  const what = found === undefined ? 'somebody has removed it' : holderWords(found, now);
  return new LandfallError(
    'LOCK_LOST',
    `the lock of ${targetWords(names)} at ${store.place} was lost during the run: ${what}`,
    {
      exitCode: EXIT.locked,
      remedy: 'find out whether another run is under way; then apply again, which goes on from what is there',
    },
  );
}
