// The settings of the pages: theme, and whether single-letter shortcuts are on. It is loaded, open, when its button is
// first pressed, and takes the button's place.
import { Menu } from '@base-ui/react/menu'
import { Icon } from '../components/icon.tsx'
import menu from '../components/menu.module.css'
import { useStore } from '../data/store.ts'
import { chooseLetters, lettersStore } from './keys.ts'
import { chooseTheme, THEMES, themeStore } from './theme.ts'
import styles from './theme-button.module.css'

const LABELS = { system: 'As the system', light: 'Light', dark: 'Dark' } as const

export function ThemeMenu() {
  const theme = useStore(themeStore)
  const areLettersOn = useStore(lettersStore)
  return (
    <Menu.Root defaultOpen>
      <Menu.Trigger className={styles.trigger} aria-label="Appearance and keys">
        <Icon name="theme" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="end" className={menu.positioner}>
          <Menu.Popup className={menu.popup}>
            <Menu.RadioGroup value={theme} onValueChange={chooseTheme}>
              {THEMES.map((each) => (
                <Menu.RadioItem key={each} value={each} className={menu.item}>
                  <span className={menu.tick}>{each === theme ? <Icon name="check" /> : undefined}</span>
                  {LABELS[each]}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Separator className={menu.separator} />
            <Menu.CheckboxItem checked={areLettersOn} onCheckedChange={chooseLetters} className={menu.item}>
              <span className={menu.tick}>{areLettersOn ? <Icon name="check" /> : undefined}</span>
              Single letters are keys
            </Menu.CheckboxItem>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
