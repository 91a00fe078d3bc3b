/** Mantine's components in the page's colours: one accent, small radii, quiet lines. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const sea: MantineColorsTuple = [
  '#eaf4fb',
  '#d3e6f3',
  '#a6cde6',
  '#79b4da',
  '#539fcf',
  '#3a8fc4',
  '#2f7fb8',
  '#1b5e8c',
  '#164d73',
  '#103b59',
]

/** A dialog's head is no banner of the page, and its cross has a name. */
const dialog = {
  attributes: { header: { role: 'presentation' } },
  closeButtonProps: { 'aria-label': 'Close' },
  overlayProps: { backgroundOpacity: 0.4 },
}

/** Mantine's dark greys, tinted as the page is: 4 are lines, 6 inputs, 7 surfaces. */
const night: MantineColorsTuple = [
  '#e4e8ec',
  '#c3cbd3',
  '#98a3ae',
  '#6b7681',
  '#3a434b',
  '#232a30',
  '#1b2126',
  '#161b1f',
  '#11161a',
  '#0c1013',
]

export const theme = createTheme({
  primaryColor: 'sea',
  primaryShade: { light: 7, dark: 7 },
  colors: { sea, dark: night },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '20px' },
  headings: { fontWeight: '600' },
  components: {
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 100 }, ...dialog } },
    Drawer: { defaultProps: { position: 'right', transitionProps: { duration: 120 }, ...dialog } },
  },
})

/** Mantine's own variables, from ours. */
export const variables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--text-dim)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-border': 'var(--line)',
    '--mantine-color-placeholder': 'var(--text-dim)',
    '--mantine-color-error': 'var(--error)',
    '--mantine-color-anchor': 'var(--accent-text)',
  }
  return { variables: {}, light: both, dark: both }
}
