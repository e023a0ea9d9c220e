/** A moment as programs and people across time zones read it. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function optionalIso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : iso(ms);
}
