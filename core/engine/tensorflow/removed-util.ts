/**
 * tfjs-node 4.22 calls two functions of node:util in nearly every kernel: `isNullOrUndefined`, which Node 23 removed
 * (DEP0051), and `isArray`, which warns at its first call (DEP0044, https://nodejs.org/api/deprecations.html). They
 * are defined anew before it is loaded.
 */
import util from 'node:util';

Object.assign(util, {
  isArray: (value: unknown): boolean => Array.isArray(value),
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
});
