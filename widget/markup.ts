// What a template may write into `<didit-verify>`, for the frameworks that check it. All of it is
// read off the class and the event map: what is added there is here.

import type { DiditVerify } from './element.ts'
import type { VerifyEventMap } from './events.ts'

type Declared = typeof DiditVerify.properties
type Name = keyof Declared

/** The properties that a page may set. */
export type VerifyProperties = Pick<DiditVerify, Name>

/** Those that no attribute can carry. */
export type VerifyObjects = Pick<
  DiditVerify,
  { [N in Name]: Declared[N] extends { attribute: boolean } ? N : never }[Name]
>

/** The attributes, as they stand in HTML. */
export type VerifyAttributes = {
  [N in Exclude<Name, keyof VerifyObjects> as Kebab<N>]?: Text<VerifyProperties[N]>
}

/** An event of the element, as a listener on the element itself hears it. */
export type Heard<T extends keyof VerifyEventMap> = VerifyEventMap[T] & {
  readonly currentTarget: DiditVerify
}

/** Listeners by the name of their event, as in `ondidit-complete`. */
export type VerifyListeners = {
  [T in keyof VerifyEventMap as `on${T}`]?: (event: Heard<T>) => void
}

/** Listeners in camel case, as in `onDiditComplete`. */
export type VerifyHandlers = {
  [T in keyof VerifyEventMap as `on${Pascal<T>}`]?: (event: Heard<T>) => void
}

type Kebab<S extends string> = S extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Kebab<Rest>}`
  : S

type Pascal<S extends string> = S extends `${infer Word}-${infer Rest}`
  ? `${Capitalize<Word>}${Pascal<Rest>}`
  : Capitalize<S>

/** What an attribute may be set to for a property of type T; an object is JSON. */
type Text<T> = T extends null | undefined
  ? never
  : T extends boolean
    ? T | ''
    : T extends number
      ? T | `${T}`
      : T extends string
        ? T
        : string
