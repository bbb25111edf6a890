/** The screens, in the order of the sidebar; apart from what needs a browser, so that tests can go through them too. */
export const screenIds = [
  'home',
  'prompts',
  'demonstrate',
  'rank',
  'train',
  'play',
  'evaluate',
  'iterate',
  'labelers',
  'settings',
] as const;
export type ScreenId = (typeof screenIds)[number];
