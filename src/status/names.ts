import type { Subject } from '../core/status.ts';

/** Whether a name is meant: a name or glob that the caller has compiled. */
export type Matches = (name: string) => boolean;

/** Everything by which a user may call a VM: address, name, path and the ids of server and job. */
export function namesOf({ address, wave, vm, server, job }: Subject): readonly string[] {
  const names = [
    address,
    wave === undefined ? undefined : address.slice(wave.length + 1),
    vm?.reference.name,
    vm?.reference.path,
    server?.name,
    server?.path,
    server?.serverId,
    job?.id,
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** The VMs that are meant, by one of their names or by that of their wave. */
export function named(subjects: readonly Subject[], matches: Matches): readonly Subject[] {
  return subjects.filter(
    (subject) => (subject.wave !== undefined && matches(subject.wave)) || namesOf(subject).some(matches),
  );
}
