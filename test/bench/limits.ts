import type { Limits } from '../../server/index.ts'

const FAR = 1e9

/** Limits that nobody reaches: here thousands of visitors come from one address. */
export const NO_LIMITS: Limits = {
  address: FAR,
  subject: FAR,
  app: FAR,
  subjectStreams: FAR,
  addressStreams: FAR,
  streams: FAR,
}
