import { FIRST } from './first.ts'
import { LABEL } from './index.ts'

/** English, and the shape of every other language. Short sentences, no plurals, no names. */
export const messages = {
  start: LABEL,
  ...FIRST,
  resume: 'Continue verification',
  done: 'Done',
  resumable: 'Your verification is not finished.',
  submitted: 'Thank you. The result is being confirmed…',
  approved: 'Your identity is verified.',
  pending: 'Thank you. The check takes longer. There is nothing more for you to do now.',
  declined: 'Your identity could not be verified.',
  resubmit: 'A step of your verification has to be repeated.',
  expired: 'Your verification has expired.',
  leaveTitle: 'Stop the verification?',
  leaveText: 'It is not finished. You can continue later.',
  leave: 'Stop',
  stay: 'Continue',
  retry: 'Try again',
  'new-tab': 'Open in a new tab',
  'backend-unreachable': 'The verification service cannot be reached.',
  'backend-refused': 'You cannot start a verification here.',
  misconfigured: 'Verification is not available on this page at the moment.',
  'rate-limited': 'There are too many attempts. Please wait a moment.',
  'invalid-url': 'Verification is not available on this page at the moment.',
  'popup-blocked': 'The browser did not open the window.',
  'frame-timeout': 'The verification does not load in this page.',
  'camera-blocked': 'This page may not use the camera.',
  'session-expired': 'This verification has expired. You can start a new one.',
  'hosted-error': 'The verification reports a problem.',
  offline: 'You are offline.',
  unsupported: 'This browser cannot show the verification here.',
}

export type Messages = typeof messages
