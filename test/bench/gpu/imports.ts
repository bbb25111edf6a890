/** Which npm packages a program needs, from the imports of its sources. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/** The folders of the packages that sources import, wherever they begin, and of all that those depend on. */
export function packageFolders(entries: readonly string[], skip: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  const visit = (name: string, from: string) => {
    if (skip.has(name)) return;
    const folder = packageFolder(name, from);
    if (folder === undefined) throw new Error(`${from} needs ${name}, which is not installed: run npm ci`);
    if (found.has(folder)) return;
    found.add(folder);
    for (const dependency of Object.keys(readManifest(folder).dependencies ?? {})) visit(dependency, folder);
  };
  for (const [name, file] of importedPackages(entries)) visit(name, dirname(file));
  return [...found].sort();
}

/** What a `package.json` says. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** As Node looks for it: in the nearest `node_modules` upwards. */
function packageFolder(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Packages by name, each with a file that imports it. */
function importedPackages(entries: readonly string[]): Map<string, string> {
  const seen = new Set<string>();
  const packages = new Map<string, string>();
  const visit = (file: string) => {
    if (seen.has(file) || !file.endsWith('.ts')) return;
    seen.add(file);
    for (const name of referencesOf(readFileSync(file, 'utf8'))) {
      if (name.startsWith('.')) visit(resolve(dirname(file), name));
      else if (!name.startsWith('node:')) packages.set(packageName(name), file);
    }
  };
  entries.forEach((entry) => visit(resolve(entry)));
  return packages;
}

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** What is imported when the source runs, and the scripts beside it that it starts. */
function referencesOf(source: string): string[] {
  const { outputText } = ts.transpileModule(source, { compilerOptions });
  const imported = ts.preProcessFile(outputText, true, true).importedFiles.map(({ fileName }) => fileName);
  const started = outputText.matchAll(/new URL\(['"]([^'"]+[.]ts)['"], import\.meta\.url\)/g);
  return [...imported, ...[...started].map(([, file]) => (file!.startsWith('.') ? file! : `./${file!}`))];
}

/** Takes away the types, as Node does. */
const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
};
