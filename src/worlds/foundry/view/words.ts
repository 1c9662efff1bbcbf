// Display texts: names of states, items and recipes, and advice about parts that do not work.
import { itemId, PARTS } from '../catalogue.ts'
import { RECIPES, type Recipe } from '../recipes.ts'

/** 'iron_ore' as 'iron ore'; 'smelt_iron' as 'smelt iron'. */
export function plain(id: string): string {
  return id.replaceAll('_', ' ')
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function titleOfDef(defId: string): string {
  return PARTS.find(({ id }) => id === defId)?.title ?? capital(plain(defId))
}

const STATE_WORDS: Readonly<Record<string, string>> = {
  disabled: 'Switched off',
  no_recipe: 'No recipe',
  unpowered: 'No power',
  brownout: 'Brownout',
  starved: 'Starved',
  blocked: 'Blocked',
  fouled: 'Fouled',
  working: 'Working',
  idle: 'Idle',
}

export function wordOfState(state: string): string {
  return STATE_WORDS[state] ?? capital(plain(state))
}

/** The colours of a state's chip. */
export function toneOf(state: string): 'ok' | 'warn' | 'no' | 'plain' {
  if (state === 'working') return 'ok'
  if (state === 'unpowered' || state === 'fouled') return 'no'
  return state === 'idle' || state === 'disabled' ? 'plain' : 'warn'
}

/** Recipes available to a kind of part, except for an extractor, whose deposit decides. */
export function recipesFor(defId: string): readonly Recipe[] {
  return defId === 'extractor' ? [] : RECIPES.filter(({ madeIn }) => madeIn === defId)
}

export function recipeOf(id: string): Recipe | undefined {
  return RECIPES.find((recipe) => recipe.id === id)
}

/** '2 iron ore, 1 cable'; 'nothing' for an empty list. */
export function amounts(list: Recipe['inputs']): string {
  if (list.length === 0) return 'nothing'
  return list.map(({ item, count }) => `${count} ${plain(itemId(item) ?? '')}`).join(', ')
}

/** What is wrong with a part and how to fix it; empty if nothing is wrong. */
export function advice(
  state: string,
  at: { readonly satisfaction: number | null; readonly recipe: Recipe | undefined },
): string {
  switch (state) {
    case 'unpowered':
      return 'Its net gives no power. Put a solar panel on it, or wire it to a panel or generator.'
    case 'brownout': {
      const permille = at.satisfaction ?? 0
      const ticks = at.recipe?.ticks ?? 0
      const longer =
        permille > 0 && ticks > 0
          ? `, so a cycle takes ${Math.ceil((ticks * 1000) / permille)} ticks instead of ${ticks}`
          : ''
      return `Gets ${Math.floor(permille / 10)}% of the power it needs${longer}. Add a panel or burn coal.`
    }
    case 'no_recipe':
      return 'It has no recipe yet. Choose one below.'
    case 'starved':
      return at.recipe && at.recipe.inputs.length > 0
        ? `It waits for ${amounts(at.recipe.inputs)}. Lead a belt to its back.`
        : 'It waits for its inputs. Lead a belt to its back.'
    case 'blocked':
      return 'Nothing takes away what it holds. Lead a belt away from its front.'
    case 'fouled':
      return 'The air at its back is too dirty for it. Put a scrubber or a vent near it.'
    case 'disabled':
      return 'It is switched off.'
    default:
      return ''
  }
}

/** 'deliver 10 iron_plate' as 'Deliver 10 iron plate'. */
export function goalText(text: string): string {
  return capital(plain(text))
}
