import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

import type { Density } from './preferences'

// One accent. Other colours mean a state and never stand alone: a word or an icon says the same.
const accent: MantineColorsTuple = [
  '#eef2ff', '#dde5fb', '#b9c8f4', '#93a9ec', '#738fe6', '#5e7de2', '#4a6bdc', '#3a57c4', '#2f4bb0', '#233c97',
]

export function themeOf(density: Density) {
  const compact = density === 'compact'
  const size = compact ? 'xs' : 'sm'
  const sized = { defaultProps: { size } }
  return createTheme({
    primaryColor: 'accent',
    colors: { accent },
    primaryShade: 7,
    autoContrast: true,
    cursorType: 'pointer',
    respectReducedMotion: true,
    defaultRadius: 'md',
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
    fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace',
    fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
    spacing: compact
      ? { xs: '0.375rem', sm: '0.5rem', md: '0.75rem', lg: '1rem', xl: '1.5rem' }
      : { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
    headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } } },
    components: {
      Button: sized, TextInput: sized, Textarea: { defaultProps: { size, autosize: true, minRows: 2, maxRows: 14 } }, Select: sized, MultiSelect: sized,
      NumberInput: sized, PasswordInput: sized, Checkbox: sized, Switch: sized, SegmentedControl: { defaultProps: { size: 'xs' } },
      Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
      Badge: { defaultProps: { variant: 'light', size: 'sm', radius: 'sm', tt: 'none', fw: 600 }, styles: { root: { flexShrink: 0 } } },
      ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
      Drawer: { defaultProps: { position: 'right', size: 'lg', transitionProps: { duration: 120 } } },
      Modal: { defaultProps: { centered: true, transitionProps: { duration: 120 } } },
      Menu: { defaultProps: { shadow: 'md', position: 'bottom-end', withinPortal: true, transitionProps: { duration: 80 } } },
      Anchor: { defaultProps: { underline: 'hover' } },
    },
  })
}

// The library's own dimmed texts, placeholders and light badges are below WCAG AA contrast.
const light = (color: string) => `color-mix(in srgb, var(--mantine-color-${color}-9) 70%, black)`

const tinted = ['gray', 'red', 'pink', 'grape', 'violet', 'indigo', 'blue', 'cyan', 'teal', 'green', 'lime', 'yellow', 'orange', 'accent']

export const contrast: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-anchor': 'var(--mantine-color-accent-8)',
    ...Object.fromEntries(tinted.map((color) => [`--mantine-color-${color}-light-color`, light(color)])),
    ...Object.fromEntries(tinted.map((color) => [`--mantine-color-${color}-light`, `var(--mantine-color-${color}-1)`])),
    '--app-ground': '#f7f8fa',
    '--app-line': 'var(--mantine-color-gray-3)',
    '--app-late': '#b42318',
    '--app-soon': '#8a4b00',
    '--app-good': '#17653a',
    '--app-past': '#fff4d6',
    '--app-past-line': '#b7791f',
    '--app-hover': 'var(--mantine-color-gray-1)',
    '--app-chosen': 'var(--mantine-color-accent-0)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    '--mantine-color-anchor': 'var(--mantine-color-accent-3)',
    ...Object.fromEntries(tinted.map((color) => [`--mantine-color-${color}-light-color`, `var(--mantine-color-${color}-2)`])),
    '--app-ground': '#191a1d',
    '--app-line': 'var(--mantine-color-dark-4)',
    '--app-late': '#ff9b90',
    '--app-soon': '#f2bd6b',
    '--app-good': '#7ddba0',
    '--app-past': '#3a2f12',
    '--app-past-line': '#e0a83a',
    '--app-hover': 'var(--mantine-color-dark-6)',
    '--app-chosen': 'color-mix(in srgb, var(--mantine-color-accent-7) 26%, transparent)',
  },
})
