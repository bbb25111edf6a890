/**
 * uPlot makes a number format of the browser's language as it is loaded, and fails where that is none that formats
 * know, as `en-US@posix` where the system's language is `C`. Imported before it.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}
export {};
