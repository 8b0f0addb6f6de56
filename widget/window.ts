/**
 * Opens an empty window, which only a fresh act of the visitor allows; nothing where it is refused.
 * Without such an act nothing is tried, so that the browser has nothing to complain about.
 */
export function openWindow(): Window | null {
  return navigator.userActivation?.isActive ? open('', '', 'width=500,height=780') : null
}
