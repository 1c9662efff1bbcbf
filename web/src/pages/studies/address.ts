// The addresses of these pages, for their components; the routes themselves import the pages.
import { getRouteApi } from '@tanstack/react-router'

export const boardRoute = getRouteApi('/studies/$study')
export const personRoute = getRouteApi('/studies/$study/participants/$player')
