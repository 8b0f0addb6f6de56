'use client'

import type { PropertyDeclaration } from 'lit'
import {
  createElement,
  type ForwardRefExoticComponent,
  forwardRef,
  type HTMLAttributes,
  type RefAttributes,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react'
import { DiditVerify as DiditVerifyElement } from './element.ts'
import type { VerifyHandlers, VerifyProperties } from './markup.ts'

export type * from './index.ts'
export type { DiditVerifyElement }

/** The element's properties and events, and what React itself offers for any element. */
export type DiditVerifyProps = Partial<VerifyProperties> &
  VerifyHandlers &
  Omit<HTMLAttributes<DiditVerifyElement>, keyof VerifyProperties | keyof VerifyHandlers>

const TAG = 'didit-verify'
const PROPERTIES = Object.entries<PropertyDeclaration>(DiditVerifyElement.properties)

// React 18 complains about layout effects on a server, where there is nothing to lay out.
const useCommit = globalThis.document ? useLayoutEffect : useEffect

/**
 * `<didit-verify>` for React 18 and 19. Its `ref` is the element itself, with `start()`.
 *
 * What an attribute can carry is one, so that a server-rendered tag is complete before React runs;
 * the rest is set when the element is there. Only then is the tag registered: an element that wakes
 * up before it knows the page's own `fetch` would go on with an earlier attempt by another.
 */
export const DiditVerify: ForwardRefExoticComponent<
  DiditVerifyProps & RefAttributes<DiditVerifyElement>
> = forwardRef(function DiditVerify(props, ref) {
  const node = useRef<DiditVerifyElement>(null)
  const given = useRef(new Set<string>()).current
  const listener = useRef(new Listener()).current
  const { properties, attributes, handlers } = sort(props)

  useCommit(() => {
    const element = node.current as DiditVerifyElement
    for (const [name] of PROPERTIES) {
      if (properties[name] !== undefined) {
        given.add(name)
        Reflect.set(element, name, properties[name])
      } else if (given.delete(name)) {
        Reflect.set(element, name, Reflect.get(document.createElement(TAG), name))
      }
    }
    listener.handlers = handlers
    // Adding the same listener again changes nothing.
    for (const type of Object.keys(handlers)) element.addEventListener(type, listener)
    if (!customElements.get(TAG)) customElements.define(TAG, DiditVerifyElement)
  })
  useImperativeHandle(ref, () => node.current as DiditVerifyElement, [])

  // The element reflects its state, of which a server knows nothing.
  return createElement(TAG, { ...attributes, ref: node, suppressHydrationWarning: true })
})

/** Stays with its element. React takes effects back while a tree is hidden; an end must be heard. */
class Listener {
  handlers: Record<string, (event: Event) => void> = {}

  handleEvent(event: Event): void {
    const { isConnected } = event.currentTarget as Element
    if (isConnected) this.handlers[event.type]?.(event)
  }
}

/** Sorts props by who takes them: the element, React, or the listener. */
function sort({ className, ...props }: DiditVerifyProps) {
  const properties: Record<string, unknown> = {}
  const attributes: Record<string, unknown> = className === undefined ? {} : { class: className }
  const handlers: Listener['handlers'] = {}
  for (const [name, value] of Object.entries(props)) {
    if (/^onDidit[A-Z]/.test(name)) {
      if (value) handlers[kebab(name.slice(2))] = value
    } else if (Object.hasOwn(DiditVerifyElement.properties, name)) {
      properties[name] = value
    } else {
      attributes[name] = value
    }
  }
  for (const [name, { attribute = name.toLowerCase() }] of PROPERTIES) {
    const value = properties[name]
    const isText = value === true || typeof value === 'string' || typeof value === 'number'
    if (isText && typeof attribute === 'string') attributes[attribute] = value
  }
  return { properties, attributes, handlers }
}

/** `DiditCloseRequest` as `didit-close-request`. */
function kebab(name: string): string {
  return name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
}
