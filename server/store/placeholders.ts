/** `($1,$2,…)` for the first row of values, and so on for those that follow it in the parameters. */
export function placeholders(row: readonly unknown[], at = 0): string {
  return `(${row.map((_, column) => `$${at * row.length + column + 1}`)})`
}
