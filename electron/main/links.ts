import { shell } from 'electron';

/** All that may ever be opened in the system's browser, letter for letter. */
export const links = {
  paper: 'https://arxiv.org/abs/2203.02155',
} as const;

const allowed: readonly string[] = Object.values(links);

/** Opens an address that the person asked for, if it is one of the list. */
export function openLink(url: string): void {
  if (allowed.includes(url)) void shell.openExternal(url);
}
