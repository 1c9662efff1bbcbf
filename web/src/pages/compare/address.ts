// The address of this page, for its components; the route itself imports the page.
import { getRouteApi } from '@tanstack/react-router'

export const compareRoute = getRouteApi('/compare/$episode/$fork')
