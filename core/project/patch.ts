type Patch<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** An object with some fields replaced; one that is undefined counts as not given. */
export function patched<T extends object>(before: T, fields: Patch<T>): T {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { ...before, ...Object.fromEntries(given) };
}
