// The address of this page, as its parts read it; the route itself imports the page.
import { getRouteApi } from '@tanstack/react-router'

export const policyRoute = getRouteApi('/leagues/$league/policies/$version')
