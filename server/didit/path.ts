/**
 * A path below an API, as a tag. Encodes what is put into it and refuses what would leave it.
 *
 * @throws {TypeError} for an empty value, `.` and `..`.
 */
export function path(strings: TemplateStringsArray, ...values: string[]): string {
  return String.raw(
    { raw: strings },
    ...values.map((value) => {
      if (!value || value === '.' || value === '..') {
        throw new TypeError(`${JSON.stringify(value)} is not an id; pass one that Didit gave you.`)
      }
      return encodeURIComponent(value)
    }),
  )
}
