import { FIRST } from './first.ts'
import { BASICS } from './index.ts'

/** English, and the shape of every other language. Short sentences, no plurals, no names. */
export const messages = {
  ...BASICS,
  ...FIRST,
  resume: 'Continue verification',
  done: 'Done',
  resumable: 'Your verification is not finished.',
  submitted: 'Thank you. The result is being confirmed…',
  approved: 'Your identity is verified.',
  pending: 'Thank you. The check takes longer. There is nothing more for you to do now.',
  declined: 'Your identity could not be verified.',
  resubmit: 'A step of your verification has to be repeated.',
  expired: 'This verification has expired. You can start a new one.',
  unconfirmed: 'Thank you. You can go on here.',
  leaveTitle: 'Stop the verification?',
  leaveText: 'It is not finished. You can continue later.',
  leave: 'Stop',
  stay: 'Continue',
  retry: 'Try again',
  'new-tab': 'Open in a new tab',
  phone: 'Continue on your phone',
  redirect: 'Continue in this window',
  scan: 'Scan this code with your phone.',
  copy: 'Copy the link',
  copied: 'The link is copied.',
  window: 'The verification is open in another window.',
  reopen: 'Open again',
  browser: 'If the camera does not work here, open this page in your browser.',
  help: 'Help',
  'backend-unreachable': 'The verification service cannot be reached.',
  'rate-limited': 'There are too many attempts. Please wait a moment.',
  'popup-blocked': 'The browser did not open the window.',
  'frame-timeout': 'The verification does not load in this page.',
  'camera-blocked': 'This page may not use the camera.',
  'hosted-error': 'The verification reports a problem.',
  offline: 'You are offline.',
  unavailable: 'Verification is not available here at the moment.',
}

export type Messages = typeof messages
