// How Didit writes times.

/** ISO 8601 in UTC with six decimals. */
export function microseconds(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}
