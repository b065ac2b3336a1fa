import { Anchor, type CSSVariablesResolver, createTheme, darken, Table } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: 9,
  autoContrast: true,
  // Where black and white stand out equally well.
  luminanceThreshold: 0.179,
  defaultRadius: 'md',
  fontFamily: 'system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  cursorType: 'pointer',
  components: {
    // A link is known by more than its colour.
    Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }),
    // By name: few pages need it.
    JsonInput: {
      defaultProps: { autosize: true, spellCheck: false },
      styles: { input: { fontFamily: 'var(--mantine-font-family-monospace)' } },
    },
    // What does not fit is reached by the keyboard, too.
    TableScrollContainer: Table.ScrollContainer.extend({
      defaultProps: { scrollAreaProps: { viewportProps: { tabIndex: 0 } } },
    }),
  },
});

const DARKER = 0.35;

/** What Mantine gives coloured, dimmed and faulty text does not reach the contrast of WCAG AA everywhere. */
export const readable: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': colors.gray[7],
    '--mantine-color-error': colors.red[9],
    ...Object.fromEntries(
      Object.entries(colors).flatMap(([name, shades]) => [
        [`--mantine-color-${name}-light-color`, darken(shades[9], DARKER)],
        [`--mantine-color-${name}-text`, darken(shades[9], DARKER)],
      ]),
    ),
  },
  dark: { '--mantine-color-dimmed': colors.dark[1], '--mantine-color-error': colors.red[5] },
});
