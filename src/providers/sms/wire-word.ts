/**
 * A state or type as the API's model spells it: the wire has been seen to say `Pending` and `NOT IMPORTED`
 * (founding document, "Verify replication runs"), where the model says `PENDING` and `NOT_IMPORTED`.
 */
export function modelSpelling(word: string | undefined): string {
  return (word ?? '').trim().toUpperCase().replaceAll(' ', '_');
}
