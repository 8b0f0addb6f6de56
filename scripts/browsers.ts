// Finds the browsers that the tests run in; as root on Debian it also installs what is missing.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { canInstall, install } from './apt.ts'
import { isProgram, onPath } from './programs.ts'

const { env, platform } = process

export interface Browser {
  path: string
  /** Empty where the browser does not say it without opening a window. */
  version: string
}

export interface WebKit {
  /** The browser itself. */
  path: string
  /** WebKitWebDriver, which drives it. */
  driver: string
  /** The virtual display it is shown on; it has no headless mode. */
  xvfb: string
}

export interface Browsers {
  chromium?: Browser
  firefox?: Browser
  webkit?: WebKit
}

/** What the tests need at least. */
export type TestBrowsers = Browsers & Required<Pick<Browsers, 'chromium' | 'firefox'>>

interface Program {
  /** The environment variable that overrides the search. */
  variable: string
  /** Asked for anew after an installation. */
  files: () => string[]
  /** Its names on the PATH. */
  names: string[]
}

const CHROMIUM: Program = {
  variable: 'CHROME_PATH',
  files: onPlatform({
    linux: [
      '/usr/bin/google-chrome-stable',
      '/usr/bin/google-chrome',
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/opt/google/chrome/chrome',
      '/snap/bin/chromium',
    ],
    darwin: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ],
    win32: windowsPrograms('Google/Chrome/Application/chrome.exe').concat(
      windowsPrograms('Microsoft/Edge/Application/msedge.exe'),
    ),
  }),
  names: ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'],
}

const FIREFOX: Program = {
  variable: 'FIREFOX_PATH',
  files: onPlatform({
    linux: ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/usr/lib/firefox/firefox'],
    darwin: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
    win32: windowsPrograms('Mozilla Firefox/firefox.exe'),
  }),
  names: ['firefox-esr', 'firefox'],
}

const WEBKIT_DRIVER: Program = {
  variable: 'WEBKIT_DRIVER_PATH',
  files: onPlatform({ linux: ['/usr/bin/WebKitWebDriver'] }),
  names: ['WebKitWebDriver'],
}

const MINIBROWSER: Program = {
  variable: 'MINIBROWSER_PATH',
  files: () => ['/usr/lib', '/usr/libexec', '/usr/lib64'].flatMap(miniBrowsers),
  names: ['MiniBrowser'],
}

const XVFB: Program = {
  variable: 'XVFB_PATH',
  files: onPlatform({ linux: ['/usr/bin/Xvfb'] }),
  names: ['Xvfb'],
}

/** What is there already. Throws where a variable names something that cannot be run. */
export function findBrowsers(): Browsers {
  const [driver, miniBrowser, xvfb] = [WEBKIT_DRIVER, MINIBROWSER, XVFB].map(locate)
  return {
    chromium: browser(locate(CHROMIUM)),
    firefox: browser(locate(FIREFOX)),
    webkit: driver && miniBrowser && xvfb ? { path: miniBrowser, driver, xvfb } : undefined,
  }
}

/** What is there after installing what can be. Throws without a Chromium or a Firefox. */
export function ensureBrowsers(): TestBrowsers {
  let found = findBrowsers()
  const required = [
    ...(found.chromium ? [] : ['chromium']),
    ...(found.firefox ? [] : ['firefox-esr']),
  ]
  const optional = [
    ...(found.webkit ? [] : ['webkit2gtk-driver', 'xvfb']),
    // Without any font a page has no text, neither in a screenshot nor to a contrast check.
    ...(hasFonts() ? [] : ['fonts-liberation']),
  ]
  if (required.length + optional.length > 0 && canInstall()) {
    // The optional ones alone must not keep the required ones from being installed.
    const done = install([...required, ...optional])
    if (!done && required.length > 0 && optional.length > 0) install(required)
    found = findBrowsers()
  }
  const { chromium, firefox, webkit } = found
  if (!chromium) throw missing('Chromium or Chrome', 'chromium', CHROMIUM)
  if (!firefox) throw missing('Firefox', 'firefox-esr', FIREFOX)
  return { chromium, firefox, webkit }
}

/** The environment in which a child finds the same browsers without looking for them. */
export function browserEnv({ chromium, firefox, webkit }: Browsers): Record<string, string> {
  return {
    ...(chromium && { [CHROMIUM.variable]: chromium.path }),
    ...(firefox && { [FIREFOX.variable]: firefox.path }),
    ...(webkit && {
      [WEBKIT_DRIVER.variable]: webkit.driver,
      [MINIBROWSER.variable]: webkit.path,
      [XVFB.variable]: webkit.xvfb,
    }),
  }
}

const DISABLED_FEATURES = [
  // Pages behind the address bar of each window, which nobody sees: more than half of what an empty
  // context costs.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  // What Playwright disables: a flag of ours takes the place of its own.
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'msForceBrowserSignIn',
  'msEdgeUpdateLaunchServicesPreferredVersion',
]

/** How Chromium is started, by whichever tool: with a camera, without calls to its maker. */
export function chromiumFlags(): string[] {
  return [
    '--disable-background-networking',
    '--disable-component-update',
    `--disable-features=${DISABLED_FEATURES.join(',')}`,
    '--disable-gpu',
    '--disable-quic',
    '--disable-sync',
    '--no-first-run',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    // Chromium's own sandbox refuses to work for root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ]
}

/** One line for each browser, for people. */
export function describeBrowsers({ chromium, firefox, webkit }: Browsers): string[] {
  const line = (name: string, found?: { path: string; version?: string }) =>
    found
      ? `${[name, found.version].filter(Boolean).join(' ')} (${found.path})`
      : `${name}: not found, not tested`
  return [line('Chromium', chromium), line('Firefox', firefox), line('WebKitGTK', webkit)]
}

function locate({ variable, files, names }: Program): string | undefined {
  const chosen = env[variable]
  if (chosen) {
    if (isProgram(chosen)) return chosen
    throw new Error(
      `${variable} is ${chosen}, which is not a program. ` +
        'Set it to the full path of the executable, or unset it to have it looked for.',
    )
  }
  return [...files(), ...names.flatMap(onPath)].find(isProgram)
}

function browser(file: string | undefined): Browser | undefined {
  return file ? { path: file, version: versionOf(file) } : undefined
}

function versionOf(file: string): string {
  // On Windows `--version` opens a window instead of answering.
  if (platform === 'win32') return ''
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 30_000 })
  return /\d+(\.\d+)+/.exec(stdout ?? '')?.[0] ?? ''
}

function missing(name: string, debianPackage: string, { variable }: Program): Error {
  return new Error(
    `The tests need ${name}, and none was found. ` +
      `Install it (on Debian, as root: apt-get install ${debianPackage}), ` +
      `or set ${variable} to the full path of the executable.`,
  )
}

function hasFonts(): boolean {
  if (platform !== 'linux') return true
  const fonts = '/usr/share/fonts'
  const files = existsSync(fonts) ? readdirSync(fonts, { encoding: 'utf8', recursive: true }) : []
  return files.some((file) => /\.(ttf|ttc|otf|pfb)$/.test(file))
}

function onPlatform(files: Partial<Record<NodeJS.Platform, string[]>>): () => string[] {
  return () => files[platform] ?? []
}

function windowsPrograms(file: string): string[] {
  return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].flatMap((folder) =>
    folder ? [path.join(folder, file)] : [],
  )
}

/** `lib/<machine>/webkit2gtk-4.1/MiniBrowser` on Debian, `libexec/webkit2gtk-4.1/…` on Fedora. */
function miniBrowsers(root: string): string[] {
  return [root, ...folders(root).filter((folder) => folder.endsWith('-gnu'))]
    .flatMap((parent) => folders(parent).filter((folder) => /\/webkit2?gtk-[^/]+$/.test(folder)))
    .map((folder) => path.join(folder, 'MiniBrowser'))
}

function folders(parent: string): string[] {
  if (!existsSync(parent)) return []
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(parent, entry.name))
}

if (process.argv[1] === import.meta.filename) {
  try {
    console.log(describeBrowsers(ensureBrowsers()).join('\n'))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
