import type { Mode } from '../server/contract.ts'

/** How long a probe of the browser may take before it counts as failed. Milliseconds. */
const PATIENCE = 150

/** Browsers inside apps: most forbid the camera to framed pages. */
const IN_APP =
  /\b(FBAN|FBAV|Instagram|Line\/|MicroMessenger|TikTok|musical_ly|Snapchat|Twitter|LinkedInApp|GSA\/|; wv\))/

/** A presentation, and why it was chosen. */
export interface Choice {
  mode: Exclude<Mode, 'auto'>
  reason: string
}

/** From the first to the last: what speaks against a frame in this page, and what helps then. */
const RUNGS: [reason: string, mode: Choice['mode'], holds: () => boolean | Promise<boolean>][] = [
  ['no-camera-api', 'qr', () => !navigator.mediaDevices],
  ['cross-origin-isolated', 'redirect', () => crossOriginIsolated],
  ['camera-denied', 'redirect', async () => (await permission()).state === 'denied'],
  ['in-app-browser', 'redirect', isInApp],
  ['no-camera', 'qr', async () => !isPhone() && !(await cameras()).length],
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
  const rungs = RUNGS.map(([reason, mode, holds]) => ({ mode, reason, holds: probe(holds) }))
  for (const { holds, ...choice } of rungs) if (await holds) return choice
  return { mode: 'modal', reason: 'default' }
}

export function isInApp(): boolean {
  return IN_APP.test(navigator.userAgent)
}

export const isPhone = (): boolean => !!window.matchMedia?.('(pointer: coarse)').matches

/** A probe that fails or takes too long says nothing. */
function probe(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, PATIENCE, false))
  return Promise.race([(async () => holds())().catch(() => false), late])
}

const permission = () => navigator.permissions.query({ name: 'camera' as PermissionName })

const cameras = async () =>
  (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput')

// This comes with the first sign of intent. The browser's first answer takes long, those after it do not.
void cameras().catch(() => {})
