import { expect, it } from 'vitest';
import { folderOf } from '../../../renderer/views/home/project-folder.ts';

it.each([
  ['/home/ada', 'Helpful answers', '/home/ada/Helpful-answers'],
  ['/home/ada/', 'Über: Größe?', '/home/ada/Über-Größe'],
  ['/home/ada', '../../etc', '/home/ada/etc'],
  ['/home/ada', '???', '/home/ada/project'],
  ['C:\\Users\\ada', 'First', 'C:\\Users\\ada\\First'],
])('puts a project into %s under a plain form of the name %s', (parent, name, path) => {
  expect(folderOf(parent, name)).toBe(path);
});
