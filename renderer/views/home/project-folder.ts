/** The folder of a new project: its name as a plain folder name, inside another. */
export function folderOf(parent: string, name: string): string {
  const separator = /^[a-z]:|\\/i.test(parent) && !parent.startsWith('/') ? '\\' : '/';
  return parent.replace(/[/\\]+$/, '') + separator + plainName(name);
}

/** Letters and digits of any script stay; everything that a file system may refuse becomes a hyphen. */
const plainName = (name: string): string =>
  name
    .trim()
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 100) || 'project';
