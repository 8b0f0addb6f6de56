import { chromium } from 'playwright'
import { chromiumFlags, findBrowsers } from '../../scripts/browsers.ts'

/**
 * Starts Chromium with a camera that plays a test picture.
 *
 * @param without flags of Playwright's own that are left out.
 */
export function launchBrowser(without: string[] = []) {
  return chromium.launch({
    executablePath: findBrowsers().chromium?.path,
    args: chromiumFlags(),
    ignoreDefaultArgs: without,
  })
}
