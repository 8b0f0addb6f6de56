import type { Mode } from '../server/contract.ts'

/** How long a start waits for what the browser says; a probe that takes longer says nothing. Milliseconds. */
const PATIENCE = 150

/** How long what was seen at the first sign of intent holds for the start that follows. Milliseconds. */
const FRESH = 1000

/** Browsers inside apps: most forbid the camera to framed pages. */
const IN_APP =
  /\b(FBAN|FBAV|Instagram|Line\/|MicroMessenger|TikTok|musical_ly|Snapchat|Twitter|LinkedInApp|GSA\/|; wv\))/

/** A presentation, and why it was chosen. */
export interface Choice {
  mode: Exclude<Mode, 'auto'>
  reason: string
}

/** A rung of the ladder: what speaks against a frame in this page, what helps then, whether it does. */
type Rung = [reason: string, mode: Choice['mode'], holds: boolean | Promise<boolean>]

/** Asks for all at once, from the first to the last. */
const look = (): Rung[] => [
  ['no-camera-api', 'qr', !navigator.mediaDevices],
  ['cross-origin-isolated', 'redirect', window.crossOriginIsolated],
  ['camera-denied', 'redirect', probe(isDenied)],
  ['in-app-browser', 'redirect', isInApp()],
  ['no-camera', 'qr', probe(isBlind)],
]

/**
 * The presentation for what the page asks. It is taken as it is, unless the element is not rendered:
 * a dialog in it would be invisible. For `auto` the first rung that holds decides.
 */
export async function choose(mode: Mode, element: HTMLElement): Promise<Choice> {
  if (mode !== 'redirect' && !element.checkVisibility()) {
    return { mode: 'redirect', reason: 'not-rendered' }
  }
  if (/^(modal|inline|popup|redirect|qr)$/.test(mode)) {
    return { mode: mode as Choice['mode'], reason: 'requested' }
  }
  if (Date.now() > fresh) rungs = look()
  fresh = 0
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE))
  for (const [reason, mode, holds] of rungs) {
    if (await Promise.race([holds, late])) return { mode, reason }
  }
  return { mode: 'modal', reason: 'default' }
}

export function isInApp(): boolean {
  return IN_APP.test(navigator.userAgent)
}

export const isPhone = (): boolean => !!window.matchMedia?.('(pointer: coarse)').matches

/** One that fails says nothing. */
const probe = (holds: () => Promise<boolean>) => holds().catch(() => false)

const isDenied = async () =>
  (await navigator.permissions.query({ name: 'camera' as PermissionName })).state === 'denied'

const isBlind = async () =>
  !isPhone() &&
  !(await navigator.mediaDevices.enumerateDevices()).some(({ kind }) => kind === 'videoinput')

// This comes with the first sign of intent: the answers are there when the press has become a click.
// A server imports it too, and has nothing to look at.
let rungs = globalThis.window ? look() : []
let fresh = Date.now() + FRESH
