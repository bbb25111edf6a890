import type { PromptKind } from '../../../core/contract/entities.ts';

interface PromptLine {
  /** What a line of a few-shot prompt begins with, as `Instruction:`. */
  readonly lead: string;
  readonly text: string;
}

const LEAD = /^(?:Instruction|Input|Output|Answer|Question|Example(?: \d+)?|[QA])\s*:/i;

/** A few-shot prompt as its blocks of lines, so that examples can be told apart; any other prompt is one block. */
export function promptParts(text: string, kind: PromptKind): PromptLine[][] {
  if (kind !== 'few-shot') return [[{ lead: '', text }]];
  return text
    .split(/\n\s*\n/)
    .filter((block) => block.trim() !== '')
    .map((block) => block.split('\n').map(promptLine));
}

function promptLine(line: string): PromptLine {
  const lead = LEAD.exec(line)?.[0] ?? '';
  return { lead, text: line.slice(lead.length) };
}
