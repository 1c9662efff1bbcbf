// The width of an element, for charts that draw in pixels.
import { useEffect, useState } from 'react'

/** Pixels inside the element's padding box, updated when its size changes; 0 until it is laid out. */
export function useWidth(area: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = area.current
    if (!element) return undefined
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [area])
  return width
}
