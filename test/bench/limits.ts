// Limits that nobody reaches: here thousands of visitors come from one address.

const NAMES = ['address', 'subject', 'app', 'subjectStreams', 'addressStreams', 'streams']

export const NO_LIMITS: Record<string, number> = Object.fromEntries(
  NAMES.map((name) => [name, 1e9]),
)
