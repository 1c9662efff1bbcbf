// The page at `/`: what is being played, and what has been. Its script reads the same API as everybody else.
import { type Asset, readFile } from '../adapters/coworld/pages.ts'

export function readHome(): Asset {
  return { type: 'text/html; charset=utf-8', body: readFile('home.html') ?? '' }
}
