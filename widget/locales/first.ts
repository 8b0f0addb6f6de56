import type { Messages } from './en.ts'

/**
 * The English that a dialog needs while it opens; the rest comes with what may happen in it. Written
 * a second time, and held by a test: sharing it would tie the two files together.
 */
export const FIRST = {
  title: 'Identity verification',
  close: 'Close',
  loading: 'Loading the verification…',
} satisfies Partial<Messages>
