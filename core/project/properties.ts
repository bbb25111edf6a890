import type { Store } from './store.ts';

export type Property = 'name' | 'starter' | 'seed' | 'guidelines' | 'labeler';

/** What is said of the project as a whole; undefined where nothing was. */
export function readProperty(store: Store, key: Property): string | undefined {
  return store.column<string>('SELECT value FROM properties WHERE key = ?', key)[0];
}

export function writeProperty(store: Store, key: Property, value: string): void {
  store.run('INSERT OR REPLACE INTO properties (key, value) VALUES (?, ?)', key, value);
}
