import type { Mode } from '../server/contract.ts'

/** How long a probe of the browser may take before it counts as failed. */
const PATIENCE = 150

/** A presentation, and why it was chosen. */
export interface Choice {
  mode: Exclude<Mode, 'auto'>
  reason: string
}

/** Browsers inside apps: most forbid the camera to framed pages. */
const IN_APP =
  /\b(FBAN|FBAV|Instagram|Line\/|MicroMessenger|TikTok|musical_ly|Snapchat|Twitter|LinkedInApp|GSA\/|; wv\))/

/**
 * The presentation for a mode: the first rung of the ladder that holds. What the page asks for is
 * taken, unless the element is not rendered: a dialog in it would be invisible.
 */
export async function choose(mode: Mode, element: HTMLElement): Promise<Choice> {
  if (mode === 'redirect') return { mode, reason: 'requested' }
  if (!element.checkVisibility()) return { mode: 'redirect', reason: 'not-rendered' }
  if (/^(modal|inline|popup)$/.test(mode))
    return { mode: mode as Choice['mode'], reason: 'requested' }
  if (!navigator.mediaDevices) return { mode: 'redirect', reason: 'no-camera-api' }
  if (crossOriginIsolated) return { mode: 'redirect', reason: 'cross-origin-isolated' }
  if (IN_APP.test(navigator.userAgent)) return { mode: 'redirect', reason: 'in-app-browser' }
  const denied = (await cameraPermission()) === 'denied'
  return denied
    ? { mode: 'redirect', reason: 'camera-denied' }
    : { mode: 'modal', reason: 'default' }
}

async function cameraPermission(): Promise<string | undefined> {
  try {
    const status = navigator.permissions.query({ name: 'camera' as PermissionName })
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE))
    return (await Promise.race([status, late]))?.state
  } catch {
    // A browser that does not know the name: no reason against the modal.
    return undefined
  }
}
