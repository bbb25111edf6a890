/**
 * Writes words in an element, into the text that it has. A new text for each would be a change of its children, at
 * which those who watch for something to focus make the browser lay out the page at once.
 */
export function writeWords(element: HTMLElement, words: string): void {
  const { firstChild } = element;
  if (!(firstChild instanceof Text)) element.textContent = words;
  else if (firstChild.data !== words) firstChild.data = words;
}
