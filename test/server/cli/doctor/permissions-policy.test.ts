import { describe, expect, it } from 'vitest'
import {
  parseFeaturePolicy,
  parsePermissionsPolicy,
  permits,
} from '../../../../server/cli/doctor/permissions-policy.ts'

const PAGE = new URL('https://www.shop.example/start')
const HOSTED = new URL('https://verify.didit.me')

describe('a header that cannot be read', () => {
  it.each([
    "camera 'self'",
    "camera=('self')",
    'camera=(self',
    'camera=(self "https://a.example)',
    'camera=(self"https://a.example")',
    'camera=(self), ',
    'camera=(self),, microphone=()',
    'camera=(self); microphone=()',
    'Camera=(self)',
    'camera=',
    'camera==(self)',
    'camera=(self) microphone=()',
    'camera="unclosed',
    '=()',
  ])('is ignored as a whole: %j', (header) => {
    expect(parsePermissionsPolicy(header)).toBeUndefined()
  })
})

describe('a header', () => {
  it.each([
    ['', {}],
    ['camera=()', { camera: [] }],
    ['camera=*', { camera: ['*'] }],
    ['camera=self', { camera: ['self'] }],
    ['camera', { camera: [] }],
    ['camera=src', { camera: [] }],
    ['camera=?1', { camera: [] }],
    ['camera=(1 2.5 :YQ==: other)', { camera: [] }],
    ['camera=( self   "https://a.example" )', { camera: ['self', 'https://a.example'] }],
    ['camera=(self);report-to=group, microphone=()', { camera: ['self'], microphone: [] }],
    ['camera=(self;a="x" *)', { camera: ['self', '*'] }],
    ['camera=(), camera=(self)', { camera: ['self'] }],
    ['camera=()\t,  microphone=(self)', { camera: [], microphone: ['self'] }],
    ['camera=("a\\"b")', { camera: ['a"b'] }],
    ['ch-ua-platform=*, camera=()', { 'ch-ua-platform': ['*'], camera: [] }],
  ])('says for %j', (header, expected) => {
    expect(Object.fromEntries(parsePermissionsPolicy(header) ?? [])).toEqual(expected)
  })

  it.each([
    ["camera 'none'", { camera: [] }],
    [
      "camera 'self' https://a.example; microphone *",
      { camera: ['self', 'https://a.example'], microphone: ['*'] },
    ],
    ["camera 'src', microphone", { camera: ['self'], microphone: [] }],
    [' ; ', {}],
  ])('of the older kind says for %j', (header, expected) => {
    expect(Object.fromEntries(parseFeaturePolicy(header))).toEqual(expected)
  })
})

describe('who may use a feature', () => {
  it.each([
    ['camera=()', false, false],
    ['camera=(self)', true, false],
    ['camera=("https://verify.didit.me")', false, true],
    ['camera=("http://verify.didit.me")', false, false],
    ['camera=("https://verify.didit.me:8443")', false, false],
    ['camera=("https://didit.me")', false, false],
    ['camera=("https://*.didit.me" self)', true, true],
    ['camera=("https://*.evil-didit.me" self)', true, false],
    ['camera=("nonsense" self)', true, false],
    ['camera=(self "https://verify.didit.me")', true, true],
    ['camera=(self "https://verify.didit.me/path")', true, true],
    ['camera=*', true, true],
    ['microphone=()', true, true],
  ])('by %j: the page %s, the frame %s', (header, page, frame) => {
    const permissions = parsePermissionsPolicy(header)
    expect(permits(permissions, 'camera', PAGE, PAGE)).toBe(page)
    expect(permits(permissions, 'camera', HOSTED, PAGE)).toBe(frame)
  })

  it('is everybody where nothing is said', () => {
    expect(permits(undefined, 'camera', HOSTED, PAGE)).toBe(true)
  })
})
